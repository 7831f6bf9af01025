package voiceagent.sim.groq;

/// What a simulated model answers.
public sealed interface ModelReply {
  /// Words.
  record Text(String text) implements ModelReply {}

  /// A call of one of the request's tools.
  ///
  /// @param arguments JSON, as the model wrote it: may be malformed
  record ToolCall(String name, String arguments) implements ModelReply {}
}
