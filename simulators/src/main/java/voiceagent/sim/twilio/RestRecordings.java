package voiceagent.sim.twilio;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Recordings that were begun through REST, by call. Any thread.
final class RestRecordings {
  private static final int MAX_CALLS = 1000;

  private final TwilioSimulator twilio;
  private final Map<String, List<RestRecording>> byCall =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, List<RestRecording>> eldest) {
          return size() > MAX_CALLS;
        }
      };
  private final Map<String, Long> begun = new LinkedHashMap<>();

  RestRecordings(TwilioSimulator twilio) {
    this.twilio = twilio;
  }

  synchronized List<RestRecording> of(String callSid) {
    return List.copyOf(byCall.getOrDefault(callSid, List.of()));
  }

  synchronized void begin(RestRecording recording) {
    byCall.computeIfAbsent(recording.callSid(), _ -> new ArrayList<>()).add(recording);
    begun.put(recording.sid(), System.nanoTime());
    tell(recording, "in-progress");
  }

  /// The recording that a request means.
  ///
  /// @param sid or `Twilio.CURRENT`: the newest that is not over
  synchronized Optional<RestRecording> find(String callSid, String sid) {
    return byCall.getOrDefault(callSid, List.of()).reversed().stream()
        .filter(r -> sid.equals("Twilio.CURRENT") ? !r.isOver() : r.sid().equals(sid))
        .findFirst();
  }

  synchronized RestRecording update(RestRecording recording, String status) {
    RestRecording changed = recording.with(status);
    byCall
        .getOrDefault(recording.callSid(), List.of())
        .replaceAll(r -> r.sid().equals(recording.sid()) ? changed : r);
    if (changed.isOver() && !recording.isOver()) {
      tell(changed, "completed");
    }
    return changed;
  }

  /// A call is over, and with it what is recorded of it.
  synchronized void ended(String callSid) {
    of(callSid).stream().filter(r -> !r.isOver()).forEach(r -> update(r, "completed"));
    of(callSid).forEach(r -> begun.remove(r.sid()));
  }

  private void tell(RestRecording recording, String event) {
    long seconds =
        (System.nanoTime() - begun.getOrDefault(recording.sid(), System.nanoTime()))
            / 1_000_000_000L;
    if (recording.events().contains(event)) {
      recording.callback().ifPresent(url -> twilio.callBack(url, recording.form(event, seconds)));
    }
  }
}
