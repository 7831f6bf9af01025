package voiceagent.sim.groq;

import java.time.Duration;

/// Something that goes wrong with one request.
sealed interface Fault {
  /// The request is refused.
  record Refusal(int status) implements Fault {}

  /// The stream begins, then tells an error.
  ///
  /// @param afterTokens how many tokens come before
  record ErrorInStream(int afterTokens, String code, Form form) implements Fault {}

  /// The connection is cut within the stream.
  record Cut(int afterTokens) implements Fault {}

  /// The stream pauses; before its first byte where no token comes before.
  record Stall(int afterTokens, Duration pause) implements Fault {}

  /// In which of the ways that clients must understand an error is told within a stream.
  enum Form {
    /// `data: {"error":…}`
    DATA,
    /// `event: error` before it
    EVENT,
    /// `x_groq.error` in a chunk
    X_GROQ
  }
}
