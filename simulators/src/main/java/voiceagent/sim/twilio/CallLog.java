package voiceagent.sim.twilio;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// What is noted of a call while it runs. On its event loop.
final class CallLog {
  private final List<TwilioError> errors = new ArrayList<>();
  private final List<String> transfers = new ArrayList<>();
  private final List<String> said = new ArrayList<>();
  private int streams;
  private long answeredNanos;

  void error(TwilioError error) {
    errors.add(error);
  }

  void transferred(String destination) {
    transfers.add(destination);
  }

  void said(String text) {
    said.add(text);
  }

  void streamOpened() {
    streams++;
  }

  void answered() {
    answeredNanos = System.nanoTime();
  }

  /// Since the answer; zero without one.
  Duration duration() {
    return answeredNanos == 0 ? Duration.ZERO : Duration.ofNanos(System.nanoTime() - answeredNanos);
  }

  CallOutcome outcome(CallStatus status, String reason) {
    return new CallOutcome(
        status,
        reason,
        duration(),
        streams,
        List.copyOf(transfers),
        List.copyOf(said),
        List.copyOf(errors));
  }
}
