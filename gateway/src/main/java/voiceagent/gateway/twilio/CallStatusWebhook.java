package voiceagent.gateway.twilio;

import com.twilio.exception.ApiException;
import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.lang.System.Logger.Level;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import voiceagent.kit.observe.CallScope;

/// What Twilio tells of a call by itself: its state, whether a machine answered, and what becomes
/// of a recording. Callbacks may come late, twice and in any order: by its `SequenceNumber` each
/// counts once, and only the last word on a call has an effect.
final class CallStatusWebhook implements HttpService {
  private static final System.Logger LOG = System.getLogger(CallStatusWebhook.class.getName());

  /// Source: Twilio's API description, the states of a call.
  private static final Set<String> STATES =
      Set.of(
          "queued",
          "initiated",
          "ringing",
          "in-progress",
          "completed",
          "busy",
          "failed",
          "no-answer",
          "canceled");

  private static final Set<String> OVER =
      Set.of("completed", "busy", "failed", "no-answer", "canceled");

  /// Full: the callback told longest ago is forgotten, and would be counted again.
  private static final int MAX_TOLD = 10_000;

  private static final Set<String> RECORDING_STATES = Set.of("in-progress", "completed", "absent");

  private final TwilioParts parts;
  private final Optional<TwilioRest> rest;
  private final Set<String> told =
      Collections.newSetFromMap(
          Collections.synchronizedMap(
              new LinkedHashMap<>() {
                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
                  return size() > MAX_TOLD;
                }
              }));

  CallStatusWebhook(TwilioParts parts, Optional<TwilioRest> rest) {
    this.parts = parts;
    this.rest = rest;
  }

  @Override
  public void routing(HttpRules rules) {
    rules.post("/call-status", this::callStatus);
  }

  private void callStatus(ServerRequest request, ServerResponse response) {
    Webhook.of(parts, request, response)
        .ifPresent(webhook -> {
          CallScope.run(webhook.callSid(), () -> handle(webhook));
          response.status(Status.NO_CONTENT_204).send();
        });
  }

  private void handle(Webhook webhook) {
    String answeredBy = webhook.get("AnsweredBy");
    String status = webhook.get("CallStatus");
    String recording = webhook.get("RecordingStatus");
    if (RECORDING_STATES.contains(recording)) {
      LOG.log(
          Level.INFO,
          "recording {0} is {1}",
          webhook.get("RecordingSid").replaceAll("[^A-Za-z0-9]", ""),
          recording);
    } else if (answeredBy.startsWith("machine") || answeredBy.equals("fax")) {
      LOG.log(Level.INFO, "a machine answered, the call ends");
      var _ = parts.calls().end(webhook.callSid(), "machine");
      rest.ifPresent(r -> hangUp(r, webhook.callSid()));
    } else if (STATES.contains(status) && isFirst(webhook)) {
      parts.meters().callStatus(status);
      LOG.log(Level.INFO, "Twilio says the call is {0}", status);
      if (OVER.contains(status)) {
        var _ = parts.calls().end(webhook.callSid(), status);
      }
    }
  }

  /// Twilio numbers the callbacks of a call; one without a number is taken as it is.
  private boolean isFirst(Webhook webhook) {
    String number = webhook.get("SequenceNumber");
    return !number.matches("[0-9]{1,9}") || told.add(webhook.callSid() + " " + number);
  }

  private static void hangUp(TwilioRest rest, String callSid) {
    try {
      rest.hangUp(callSid);
    } catch (ApiException e) {
      LOG.log(Level.WARNING, "Twilio did not end the call: code {0}", String.valueOf(e.getCode()));
    }
  }
}
