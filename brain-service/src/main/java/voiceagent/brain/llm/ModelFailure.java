package voiceagent.brain.llm;

import java.time.Duration;

/// Why a model gave no answer, or no whole one.
///
/// @param detail for logs: the provider's status, code and text; never a key or a caller's words
/// @param retryAfter when the provider says to ask again; zero: it does not say
/// @param requestId the provider's; may be empty
public record ModelFailure(Kind kind, String detail, Duration retryAfter, String requestId) {
  /// What can be done about it.
  public enum Kind {
    /// The key is wrong or not permitted: nothing, for any model.
    UNAUTHORIZED,
    /// The model does not exist any more: another model.
    GONE,
    /// The provider does not take such a request: another model may.
    REJECTED,
    /// The prompt is too long: a shorter one.
    TOO_LONG,
    /// A rate limit: another model, or later.
    LIMITED,
    /// The provider has trouble.
    OVERLOADED,
    /// No token in time.
    TIMEOUT,
    /// The model called a tool in a way that nobody understands (L19): without tools it answers.
    TOOL_FAILED,
    /// An answer that broke off, or had no words.
    BROKEN,
    /// No connection.
    UNREACHABLE;

    /// For metrics: one lower-case word.
    public String word() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }

    /// Asking the same model once more may help.
    boolean isPassing() {
      return switch (this) {
        case LIMITED, OVERLOADED, TIMEOUT, TOOL_FAILED, BROKEN, UNREACHABLE -> true;
        case UNAUTHORIZED, GONE, REJECTED, TOO_LONG -> false;
      };
    }
  }

  public static ModelFailure of(Kind kind, String detail) {
    return new ModelFailure(kind, detail, Duration.ZERO, "");
  }
}
