package voiceagent.brain.llm;

/// A tool that a model wants used.
///
/// @param arguments JSON as the model wrote it; may be malformed; never logged
public record ToolCall(String id, String name, String arguments) {
  /// Without the arguments, so that it may be logged.
  @Override
  public String toString() {
    return "ToolCall[" + id + ", " + name + "]";
  }
}
