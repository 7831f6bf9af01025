package voiceagent.sim.twilio;

import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Who calls whom, and the form fields that say so in each of Twilio's requests. Source: Twilio
/// docs, "TwiML Voice", request parameters; "SIP and TwiML Interaction".
///
/// @param direction `inbound` or `outbound-api`
/// @param more further fields, as given by the test
record CallParties(
    String callSid, String direction, String from, String to, Map<String, String> more) {
  private static final List<String> SIDES = List.of("From", "To", "Caller", "Called");

  /// The fields of a request for TwiML.
  Map<String, String> form(CallStatus status) {
    Map<String, String> form = new LinkedHashMap<>();
    form.put("AccountSid", TwilioSimulator.ACCOUNT_SID);
    form.put("ApiVersion", "2010-04-01");
    form.put("CallSid", callSid);
    form.put("CallStatus", status.wire());
    form.put("Direction", direction);
    form.put("From", from);
    form.put("To", to);
    form.put("Caller", from);
    form.put("Called", to);
    if (to.startsWith("sip:")) {
      sip(form);
    } else {
      for (String side : SIDES) {
        form.put(side + "City", "");
        form.put(side + "State", "");
        form.put(side + "Zip", "");
        form.put(side + "Country", "US");
      }
      if (direction.equals("inbound")) {
        form.put("StirVerstat", "TN-Validation-Passed-A");
        form.put("CallToken", "{\"parentCallInfoToken\":\"simulated\"}");
      }
    }
    form.putAll(more);
    return form;
  }

  private void sip(Map<String, String> form) {
    form.put("SipDomain", to.substring(to.indexOf('@') + 1).replaceAll("[;:].*", ""));
    form.put("SipDomainSid", "SD00000000000000000000000000000001");
    form.put("SipCallId", callSid.toLowerCase(java.util.Locale.ROOT) + "@127.0.0.1");
    form.put("SipSourceIp", "127.0.0.1");
  }

  /// The fields of machine detection's callback. Source: Twilio docs, "Answering Machine
  /// Detection".
  Map<String, String> detected(String answeredBy, Duration time) {
    Map<String, String> form = new LinkedHashMap<>();
    form.put("AccountSid", TwilioSimulator.ACCOUNT_SID);
    form.put("CallSid", callSid);
    form.put("AnsweredBy", answeredBy);
    form.put("MachineDetectionDuration", String.valueOf(time.toMillis()));
    return form;
  }

  /// The fields of a status callback.
  ///
  /// @param sequence counts the call's callbacks, from 0
  Map<String, String> callback(CallStatus status, int sequence, Duration duration) {
    Map<String, String> form = form(status);
    form.put(
        "Timestamp",
        DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.now(ZoneOffset.UTC)));
    form.put("CallbackSource", "call-progress-events");
    form.put("SequenceNumber", String.valueOf(sequence));
    if (status.over()) {
      form.put("CallDuration", String.valueOf(duration.toSeconds()));
      form.put("Duration", String.valueOf((duration.toSeconds() + 59) / 60));
    }
    return form;
  }
}
