package voiceagent.gateway.twilio;

import io.helidon.common.parameters.Parameters;
import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.lang.System.Logger.Level;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import voiceagent.gateway.call.Admission;
import voiceagent.gateway.call.AfterStream;
import voiceagent.gateway.call.CallInfo;

/// Twilio's questions about a call, answered with TwiML: `/incoming-call` takes it or refuses it,
/// `/after-stream` says what comes after its media stream.
final class VoiceWebhook implements HttpService {
  private static final System.Logger LOG = System.getLogger(VoiceWebhook.class.getName());

  /// Goes into logs as it is. Twilio's are "CA" and 32 hex digits.
  private static final Pattern CALL_SID = Pattern.compile("[A-Za-z0-9]{1,64}");

  private static final String BUSY =
      "All our lines are busy at the moment. Please call again in a few minutes. Goodbye.";
  private static final String UNAVAILABLE =
      "We are sorry, we can not take your call at the moment. Please call again later. Goodbye.";

  private final TwilioParts parts;

  VoiceWebhook(TwilioParts parts) {
    this.parts = parts;
  }

  @Override
  public void routing(HttpRules rules) {
    rules
        .get("/incoming-call", this::incomingCall)
        .post("/incoming-call", this::incomingCall)
        .get("/after-stream", this::afterStream)
        .post("/after-stream", this::afterStream);
  }

  private void incomingCall(ServerRequest request, ServerResponse response) {
    call(request, response).ifPresent(call -> answer(response, admit(request, call)));
  }

  private void afterStream(ServerRequest request, ServerResponse response) {
    call(request, response)
        .ifPresent(call ->
            answer(
                response,
                switch (parts.calls().after(call)) {
                  case AfterStream.HangUp _ -> Twiml.hangUp();
                  case AfterStream.Transfer(String destination) -> Twiml.transfer(destination);
                  case AfterStream.Reconnect(CallInfo lost) -> admit(request, lost);
                }));
  }

  private String admit(ServerRequest request, CallInfo call) {
    return switch (parts.calls().reserve(call)) {
      case Admission.Admitted _ ->
          Twiml.connect(host(request), call, parts.tokens().issue(call.callSid(), call.agent()));
      case Admission.Refused(Admission.Reason reason) ->
          Twiml.sayAndHangUp(
              switch (reason) {
                case GATEWAY_FULL, STAGE_FULL -> BUSY;
                case STAGE_UNAVAILABLE, DRAINING -> UNAVAILABLE;
              });
    };
  }

  /// The call a signed request is about; empty once the request was refused.
  private Optional<CallInfo> call(ServerRequest request, ServerResponse response) {
    boolean post = request.prologue().method().equals(Method.POST);
    Map<String, String> form = post ? single(request.content().as(Parameters.class)) : Map.of();
    String query = request.query().isEmpty() ? "" : "?" + request.query().rawValue();
    Optional<String> signature =
        request.headers().first(HeaderNames.create(TwilioSignature.HEADER));
    if (!parts.signature().isValidWebhook(request.path().rawPath() + query, form, signature)) {
      refuse(response, Status.FORBIDDEN_403, "signature", "signature is not valid");
      return Optional.empty();
    }
    Map<String, String> given = post ? form : single(request.query());
    String callSid = given.getOrDefault("CallSid", "");
    if (!CALL_SID.matcher(callSid).matches()) {
      refuse(response, Status.BAD_REQUEST_400, "call_sid", "CallSid is missing or no id");
      return Optional.empty();
    }
    return Optional.of(
        new CallInfo(
            callSid,
            given.getOrDefault("From", ""),
            given.getOrDefault("To", ""),
            CallInfo.DEFAULT_AGENT));
  }

  private void refuse(ServerResponse response, Status status, String reason, String text) {
    parts.meters().webhookRefused(reason);
    LOG.log(Level.WARNING, "a webhook was refused: {0}", text);
    response.status(status).send(text);
  }

  /// Without `PUBLIC_HOST`, which is possible only where signatures are not checked, the host that
  /// the request names.
  private String host(ServerRequest request) {
    String publicHost = parts.config().publicHost();
    return publicHost.isEmpty() ? request.authority() : publicHost;
  }

  private static void answer(ServerResponse response, String twiml) {
    response.header(HeaderNames.CONTENT_TYPE, "text/xml").send(twiml);
  }

  private static Map<String, String> single(Parameters parameters) {
    Map<String, String> single = new HashMap<>();
    parameters.names().forEach(name -> single.put(name, parameters.first(name).orElse("")));
    return single;
  }
}
