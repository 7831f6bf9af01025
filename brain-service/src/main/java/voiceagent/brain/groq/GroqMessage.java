package voiceagent.brain.groq;

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
  record Chunk(String requestId, String text, String finish, Optional<TokenUsage> usage)
      implements GroqMessage {}

  /// The answer broke off.
  record Broken(String code, String message) implements GroqMessage {}

  /// `[DONE]`.
  record Done() implements GroqMessage {}
}
