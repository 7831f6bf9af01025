package voiceagent.gateway.twilio;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.twilio.exception.ApiException;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import voiceagent.gateway.call.CallView;

/// The operators' face: `POST /calls` places a call, `GET /calls` and `GET /calls/{sid}` show live
/// ones, `DELETE /calls/{sid}` ends one, `POST` and `DELETE /calls/{sid}/recording` begin and end
/// its recording. All need `Authorization: Bearer ADMIN_TOKEN`.
final class CallsApi implements HttpService {
  private static final System.Logger LOG = System.getLogger(CallsApi.class.getName());
  private static final ObjectMapper JSON = new ObjectMapper();

  /// E.164, or a SIP URI.
  private static final Pattern ADDRESS =
      Pattern.compile("\\+[1-9][0-9]{1,14}|sips?:[^\\s@]+@[^\\s@]+");

  /// Goes into Twilio's URLs as it is.
  private static final Pattern CALL_SID = Pattern.compile("[A-Za-z0-9]{1,64}");

  private static final int MAX_VARIABLES = 50;

  /// What fits into a `<Parameter>` with the prefix of [CallParameters].
  private static final int MAX_VARIABLE =
      CallParameters.MAX_PARAMETER - CallParameters.VARIABLE.length();

  private final TwilioParts parts;
  private final Optional<TwilioRest> rest;

  /// What was asked for is wrong: told to who asked.
  private static final class BadRequest extends RuntimeException {
    BadRequest(String message) {
      super(message);
    }
  }

  CallsApi(TwilioParts parts, Optional<TwilioRest> rest) {
    this.parts = parts;
    this.rest = rest;
  }

  @Override
  public void routing(HttpRules rules) {
    rules
        .post("/calls", admin(this::dial))
        .get("/calls", admin(this::list))
        .get("/calls/{sid}", admin(this::show))
        .delete("/calls/{sid}", admin(this::end))
        .post("/calls/{sid}/recording", admin(this::record))
        .delete("/calls/{sid}/recording", admin(this::stopRecording));
  }

  private Handler admin(Handler handler) {
    return (request, response) -> {
      if (!isAdmin(request)) {
        error(response, Status.FORBIDDEN_403, "needs Authorization: Bearer with the ADMIN_TOKEN");
        return;
      }
      try {
        handler.handle(request, response);
      } catch (BadRequest e) {
        error(response, Status.BAD_REQUEST_400, String.valueOf(e.getMessage()));
      } catch (ApiException e) {
        LOG.log(Level.WARNING, "Twilio refused: code {0}", String.valueOf(e.getCode()));
        error(
            response,
            Status.BAD_GATEWAY_502,
            "Twilio refused, code " + e.getCode() + ": " + e.getMessage());
      }
    };
  }

  private boolean isAdmin(ServerRequest request) {
    byte[] given =
        request
            .headers()
            .first(HeaderNames.AUTHORIZATION)
            .orElse("")
            .getBytes(StandardCharsets.UTF_8);
    return parts
        .config()
        .adminToken()
        .filter(token ->
            MessageDigest.isEqual(
                ("Bearer " + token.reveal()).getBytes(StandardCharsets.UTF_8), given))
        .isPresent();
  }

  private void dial(ServerRequest request, ServerResponse response) {
    OutboundCall call = outbound(body(request));
    String callSid = twilio().dial(call);
    LOG.log(Level.INFO, "call {0} placed for agent {1}", callSid, call.agent());
    send(response, Status.CREATED_201, JSON.createObjectNode().put("callSid", callSid));
  }

  private void list(ServerRequest request, ServerResponse response) {
    ObjectNode all = JSON.createObjectNode();
    var calls = all.putArray("calls");
    parts.calls().list().forEach(view -> calls.add(json(view)));
    send(response, Status.OK_200, all);
  }

  private void show(ServerRequest request, ServerResponse response) {
    String callSid = sid(request);
    Optional<CallView> view = parts.calls().find(callSid);
    if (view.isPresent()) {
      send(response, Status.OK_200, json(view.get()));
    } else {
      error(response, Status.NOT_FOUND_404, "no live call of that SID in this gateway");
    }
  }

  /// A call that lives in another gateway ends too, by way of Twilio.
  private void end(ServerRequest request, ServerResponse response) {
    String callSid = sid(request);
    boolean here = parts.calls().end(callSid, "admin");
    if (!here && rest.isEmpty()) {
      error(response, Status.NOT_FOUND_404, "no live call of that SID in this gateway");
      return;
    }
    rest.ifPresent(r -> r.hangUp(callSid));
    response.status(Status.NO_CONTENT_204).send();
  }

  private void record(ServerRequest request, ServerResponse response) {
    String recording = twilio().record(sid(request));
    send(response, Status.CREATED_201, JSON.createObjectNode().put("recordingSid", recording));
  }

  private void stopRecording(ServerRequest request, ServerResponse response) {
    twilio().stopRecording(sid(request));
    response.status(Status.NO_CONTENT_204).send();
  }

  private static String sid(ServerRequest request) {
    String sid = request.path().pathParameters().get("sid");
    if (!CALL_SID.matcher(sid).matches()) {
      throw new BadRequest("the SID is no id, expected CA and 32 hex digits");
    }
    return sid;
  }

  private TwilioRest twilio() {
    return rest.orElseThrow(() ->
        new BadRequest("TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN are not set, both are needed"));
  }

  private OutboundCall outbound(JsonNode body) {
    String from = body.path("from").asText(parts.config().phoneNumber().orElse(""));
    String detection = body.path("machineDetection").asText("none");
    if (!detection.equals("none") && !detection.equals("hang-up")) {
      throw new BadRequest("machineDetection is " + detection + ", expected none or hang-up");
    }
    if (from.isEmpty()) {
      throw new BadRequest("from is missing, and TWILIO_PHONE_NUMBER is not set");
    }
    if (parts.config().publicHost().isEmpty()) {
      throw new BadRequest("PUBLIC_HOST is not set: Twilio could not reach this gateway");
    }
    return new OutboundCall(
        address("to", body.path("to").asText("")),
        address("from", from),
        body.path("agent").asText(voiceagent.gateway.call.CallInfo.DEFAULT_AGENT),
        variables(body.path("variables")),
        detection.equals("hang-up"));
  }

  private static Map<String, String> variables(JsonNode object) {
    Map<String, String> variables = new HashMap<>();
    object
        .properties()
        .forEach(v -> {
          if (!v.getKey().matches("[A-Za-z0-9_]{1,64}") || !v.getValue().isValueNode()) {
            throw new BadRequest(
                "variables has "
                    + v.getKey()
                    + ", expected names of letters, digits and _, and text");
          }
          if (v.getKey().length() + v.getValue().asText().length() > MAX_VARIABLE) {
            throw new BadRequest(
                "variable "
                    + v.getKey()
                    + " is too long: name and text together may have "
                    + MAX_VARIABLE
                    + " characters");
          }
          variables.put(v.getKey(), v.getValue().asText());
        });
    if (variables.size() > MAX_VARIABLES) {
      throw new BadRequest("variables has more than " + MAX_VARIABLES + " entries");
    }
    return variables;
  }

  private static String address(String field, String value) {
    if (!ADDRESS.matcher(value).matches()) {
      throw new BadRequest(
          field + " is " + value + ", expected a number such as +15005550001 or a SIP URI");
    }
    return value;
  }

  private static JsonNode body(ServerRequest request) {
    try {
      JsonNode body = JSON.readTree(request.content().as(String.class));
      if (body.isObject()) {
        return body;
      }
    } catch (JsonProcessingException e) {
      // told below
    }
    throw new BadRequest("the body is no JSON object");
  }

  private static ObjectNode json(CallView view) {
    return JSON.createObjectNode()
        .put("callSid", view.callSid())
        .put("agent", view.agent())
        .put("state", view.state())
        .put("seconds", view.length().toMillis() / 1000.0)
        .put("turns", view.turns());
  }

  private static void error(ServerResponse response, Status status, String message) {
    send(response, status, JSON.createObjectNode().put("error", message));
  }

  private static void send(ServerResponse response, Status status, JsonNode json) {
    response
        .status(status)
        .header(HeaderNames.CONTENT_TYPE, "application/json")
        .send(json.toString());
  }
}
