package voiceagent.kit.config;

/// A key or token that prints as redacted, so that no log, message or dump can hold it by accident.
public final class Secret {
  private final String value;

  private Secret(String value) {
    this.value = value;
  }

  public static Secret of(String value) {
    return new Secret(value);
  }

  /// The value itself: for the request that needs it, nothing else.
  public String reveal() {
    return value;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Secret secret && value.equals(secret.value);
  }

  @Override
  public int hashCode() {
    return value.hashCode();
  }

  @Override
  public String toString() {
    return "(redacted)";
  }
}
