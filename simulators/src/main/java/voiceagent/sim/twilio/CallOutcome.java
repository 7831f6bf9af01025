package voiceagent.sim.twilio;

import java.time.Duration;
import java.util.List;

/// How a call went.
///
/// @param status the last one
/// @param reason a sentence for people: who ended it and why
/// @param duration from the answer to the end; zero if it was never answered
/// @param streams media streams that were opened
/// @param transfers what was dialled on the caller's behalf, in order
/// @param said what `<Say>` said, in order
/// @param errors what Twilio's debugger would show
public record CallOutcome(
    CallStatus status,
    String reason,
    Duration duration,
    int streams,
    List<String> transfers,
    List<String> said,
    List<TwilioError> errors) {

  /// Whether an error of this code was noted.
  public boolean has(int code) {
    return errors.stream().anyMatch(e -> e.code() == code);
  }
}
