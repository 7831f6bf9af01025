package voiceagent.sim.twilio;

import java.util.Locale;

/// Twilio's `CallStatus`.
public enum CallStatus {
  QUEUED,
  RINGING,
  IN_PROGRESS,
  COMPLETED,
  BUSY,
  FAILED,
  NO_ANSWER,
  CANCELED;

  /// As it stands in forms and JSON, such as `in-progress`.
  public String wire() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  boolean over() {
    return compareTo(COMPLETED) >= 0;
  }
}
