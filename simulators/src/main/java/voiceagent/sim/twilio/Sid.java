package voiceagent.sim.twilio;

import java.util.UUID;

/// Twilio's ids: two letters and 32 hex digits.
final class Sid {
  private Sid() {}

  /// @param prefix `CA` for calls, `MZ` for streams
  static String of(String prefix) {
    return prefix + UUID.randomUUID().toString().replace("-", "");
  }
}
