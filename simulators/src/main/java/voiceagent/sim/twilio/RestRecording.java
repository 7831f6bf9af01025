package voiceagent.sim.twilio;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// A recording of a call that was begun through REST. Source: twilio-oai,
/// `Calls/{CallSid}/Recordings.json`.
///
/// @param channels `mono` or `dual`
/// @param status `in-progress`, `paused`, `stopped` while the call lasts, then `completed`
/// @param callback told of the events it asked for
public record RestRecording(
    String sid,
    String callSid,
    String channels,
    String track,
    String status,
    Optional<URI> callback,
    Set<String> events) {
  private static final ObjectMapper JSON = new ObjectMapper();

  RestRecording with(String newStatus) {
    return new RestRecording(sid, callSid, channels, track, newStatus, callback, events);
  }

  boolean isOver() {
    return status.equals("stopped") || status.equals("completed");
  }

  ObjectNode json() {
    return JSON.createObjectNode()
        .put("account_sid", TwilioSimulator.ACCOUNT_SID)
        .put("call_sid", callSid)
        .put("sid", sid)
        .put("api_version", "2010-04-01")
        .put("channels", channels.equals("dual") ? 2 : 1)
        .put("source", "StartCallRecordingAPI")
        .put("status", status)
        .put("track", track)
        .put("uri", path() + ".json");
  }

  /// The fields of a recording callback.
  Map<String, String> form(String event, long seconds) {
    Map<String, String> form = new LinkedHashMap<>();
    form.put("AccountSid", TwilioSimulator.ACCOUNT_SID);
    form.put("CallSid", callSid);
    form.put("RecordingSid", sid);
    form.put("RecordingUrl", "https://api.twilio.com" + path());
    form.put("RecordingStatus", event);
    form.put("RecordingDuration", String.valueOf(seconds));
    form.put("RecordingChannels", channels.equals("dual") ? "2" : "1");
    form.put("RecordingSource", "StartCallRecordingAPI");
    return form;
  }

  private String path() {
    return "/2010-04-01/Accounts/" + TwilioSimulator.ACCOUNT_SID + "/Recordings/" + sid;
  }
}
