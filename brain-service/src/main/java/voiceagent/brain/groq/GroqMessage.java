package voiceagent.brain.groq;

import java.util.List;
import java.util.Optional;
import voiceagent.brain.llm.TokenUsage;

/// What one event of a stream says.
sealed interface GroqMessage {
  /// A piece of the answer. Reasoning is not among it.
  ///
  /// @param requestId of `x_groq`; empty in most
  /// @param text empty in the first and the last, as a rule
  /// @param finish why the answer ended; empty until then
  /// @param usage in the last, or in one more without choices
  /// @param calls pieces of tool calls
  record Chunk(
      String requestId,
      String text,
      List<CallPiece> calls,
      String finish,
      Optional<TokenUsage> usage)
      implements GroqMessage {}

  /// A piece of a call of a tool.
  ///
  /// @param index which of the answer's calls
  /// @param id empty but in a call's first piece, as the name is
  record CallPiece(int index, String id, String name, String arguments) {}

  /// The answer broke off.
  ///
  /// @param generation what the model wrote that was no call of a tool; may be empty; never logged
  record Broken(String code, String message, String generation) implements GroqMessage {}

  /// `[DONE]`.
  record Done() implements GroqMessage {}
}
