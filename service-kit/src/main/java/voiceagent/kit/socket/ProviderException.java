package voiceagent.kit.socket;

import java.util.Map;
import java.util.Optional;

/// A provider that could not be reached, or refused. The message is for logs: status and the
/// provider's own words, never a key.
public final class ProviderException extends Exception {
  private final boolean retryable;
  private final int status;
  private final transient Map<String, String> headers;

  /// @param retryable whether asking again, later, may help
  /// @param status the HTTP status of the refusal; 0 if there was no answer
  /// @param headers the refusal's headers, names in lower case
  public ProviderException(
      String message, boolean retryable, int status, Map<String, String> headers) {
    super(message);
    this.retryable = retryable;
    this.status = status;
    this.headers = Map.copyOf(headers);
  }

  /// No answer at all: retryable.
  public static ProviderException unreachable(String message) {
    return new ProviderException(message, true, 0, Map.of());
  }

  public boolean retryable() {
    return retryable;
  }

  public int status() {
    return status;
  }

  /// A header of the refusal.
  ///
  /// @param name in lower case
  public Optional<String> header(String name) {
    return Optional.ofNullable(headers.get(name));
  }
}
