package voiceagent.sim.twilio;

import java.time.Duration;

/// How the parties behave that are called: by `<Dial>` and by calls made through REST.
///
/// @param answer `IN_PROGRESS` if they answer, else how the call to them ends
/// @param ringing how long it rings before
/// @param talking how long a dialled party talks until it hangs up
record CalledParties(CallStatus answer, Duration ringing, Duration talking) {
  static CalledParties willing() {
    return new CalledParties(CallStatus.IN_PROGRESS, Duration.ofMillis(200), Duration.ofSeconds(1));
  }
}
