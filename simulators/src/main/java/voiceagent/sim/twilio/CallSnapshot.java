package voiceagent.sim.twilio;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/// A call as REST shows it.
record CallSnapshot(CallParties parties, CallStatus status, Instant created) {
  private static final ObjectMapper JSON = new ObjectMapper();

  static CallSnapshot of(PhoneCall call) {
    return new CallSnapshot(call.parties(), call.status(), call.created());
  }

  ObjectNode json() {
    String account = TwilioSimulator.ACCOUNT_SID;
    ObjectNode json = JSON.createObjectNode();
    json.put("sid", parties.callSid());
    json.put("account_sid", account);
    json.put("api_version", "2010-04-01");
    json.put(
        "date_created",
        DateTimeFormatter.RFC_1123_DATE_TIME.format(created.atOffset(ZoneOffset.UTC)));
    json.put("direction", parties.direction());
    json.put("from", parties.from());
    json.put("to", parties.to());
    json.put("status", status.wire());
    json.put("uri", "/2010-04-01/Accounts/" + account + "/Calls/" + parties.callSid() + ".json");
    return json;
  }
}
