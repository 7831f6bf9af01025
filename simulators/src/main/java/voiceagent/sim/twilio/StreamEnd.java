package voiceagent.sim.twilio;

/// How a media stream ended.
sealed interface StreamEnd {
  /// The gateway closed it.
  record Closed(int code) implements StreamEnd {}

  /// The connection went without a close.
  record Lost() implements StreamEnd {}

  /// Twilio stopped it, or vanished.
  record Stopped(String reason) implements StreamEnd {}

  /// It never started.
  record Refused(TwilioError error) implements StreamEnd {}

  /// For people.
  default String reason() {
    return switch (this) {
      case Closed(int code) -> "the gateway closed it with " + code;
      case Lost() -> "the connection was lost";
      case Stopped(String reason) -> reason;
      case Refused(TwilioError error) -> error.detail();
    };
  }
}
