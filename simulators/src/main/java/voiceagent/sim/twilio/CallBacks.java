package voiceagent.sim.twilio;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/// The status callbacks of one call. On its event loop; their answers do not matter.
final class CallBacks {
  private final CallParties parties;
  private final PhoneCall.Setup setup;
  private final TwilioLines lines;
  private int sequence;

  CallBacks(CallParties parties, PhoneCall.Setup setup, TwilioLines lines) {
    this.parties = parties;
    this.setup = setup;
    this.lines = lines;
  }

  /// @param event `initiated`, `ringing`, `answered` or `completed`; told if it was asked for
  void tell(String event, CallStatus status, Duration duration) {
    if (setup.callbackEvents().contains(event) && setup.statusCallback().isPresent()) {
      lines.callBack(
          setup.hosts(),
          setup.statusCallback().get(),
          parties.callback(status, sequence++, duration));
    }
  }

  /// @param event `stream-started`, `stream-stopped` or `stream-error`
  /// @param error what went wrong; empty if nothing
  void stream(URI url, String streamSid, String name, String event, String error) {
    Map<String, String> form = new LinkedHashMap<>();
    form.put("AccountSid", TwilioSimulator.ACCOUNT_SID);
    form.put("CallSid", parties.callSid());
    form.put("StreamSid", streamSid);
    form.put("StreamName", name);
    form.put("StreamEvent", event);
    form.put("Timestamp", Instant.now().toString());
    if (!error.isEmpty()) {
      form.put("StreamError", error);
    }
    lines.callBack(setup.hosts(), url, form);
  }
}
