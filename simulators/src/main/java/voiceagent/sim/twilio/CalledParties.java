package voiceagent.sim.twilio;

import java.time.Duration;

/// How the parties behave that are called: by `<Dial>` and by calls made through REST.
///
/// @param answer `IN_PROGRESS` if they answer, else how the call to them ends
/// @param ringing how long it rings before
/// @param talking how long a dialled party talks until it hangs up
/// @param answeredBy what machine detection finds, such as `human` or `machine_start`
/// @param detection how long that takes it
record CalledParties(
    CallStatus answer, Duration ringing, Duration talking, String answeredBy, Duration detection) {
  static CalledParties willing() {
    return new CalledParties(
        CallStatus.IN_PROGRESS,
        Duration.ofMillis(200),
        Duration.ofSeconds(1),
        "human",
        Duration.ofSeconds(1));
  }

  CalledParties behave(CallStatus how, Duration rings, Duration talks) {
    return new CalledParties(how, rings, talks, answeredBy, detection);
  }

  CalledParties are(String what, Duration foundAfter) {
    return new CalledParties(answer, ringing, talking, what, foundAfter);
  }
}
