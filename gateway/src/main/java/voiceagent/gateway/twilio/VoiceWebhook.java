package voiceagent.gateway.twilio;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.Set;
import voiceagent.gateway.call.Admission;
import voiceagent.gateway.call.AfterStream;
import voiceagent.gateway.call.CallInfo;

/// Twilio's questions about a call, answered with TwiML: `/incoming-call` takes it or refuses it,
/// `/after-stream` says what comes after its media stream, `/after-transfer` what after a dial.
final class VoiceWebhook implements HttpService {
  /// How a dialled leg ends that somebody answered. Source: Twilio docs, "TwiML Voice: <Dial>".
  private static final Set<String> ANSWERED = Set.of("completed", "answered");

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
        .post("/after-stream", this::afterStream)
        .get("/after-transfer", this::afterTransfer)
        .post("/after-transfer", this::afterTransfer);
  }

  private void incomingCall(ServerRequest request, ServerResponse response) {
    Webhook.of(parts, request, response)
        .ifPresent(webhook -> answer(response, admit(request, call(webhook))));
  }

  private void afterStream(ServerRequest request, ServerResponse response) {
    Webhook.of(parts, request, response)
        .ifPresent(webhook ->
            answer(
                response,
                switch (parts.calls().after(call(webhook))) {
                  case AfterStream.HangUp _ -> Twiml.hangUp();
                  case AfterStream.Transfer(String destination) -> Twiml.transfer(destination);
                  case AfterStream.Reconnect(CallInfo lost) -> admit(request, lost);
                  case AfterStream.GiveUp _ -> Twiml.sayAndHangUp(Twiml.CUT_OFF);
                  case AfterStream.AskAgain _ -> Twiml.askAgain();
                }));
  }

  private void afterTransfer(ServerRequest request, ServerResponse response) {
    Webhook.of(parts, request, response)
        .ifPresent(webhook -> answer(response, afterTransfer(webhook)));
  }

  /// Nobody answered: whoever stands in is dialled, once.
  private String afterTransfer(Webhook webhook) {
    boolean answered = ANSWERED.contains(webhook.get("DialCallStatus"));
    boolean again = !webhook.get(Twiml.STAND_IN).isEmpty();
    return !answered && !again && parts.config().transferFallback().isPresent()
        ? Twiml.transferToStandIn(parts.config().transferFallback().get())
        : answered ? Twiml.hangUp() : Twiml.sayAndHangUp(Twiml.UNANSWERED);
  }

  private String admit(ServerRequest request, CallInfo call) {
    return switch (parts.calls().reserve(call)) {
      case Admission.Admitted _ -> {
        String token = parts.tokens().issue(call.callSid(), call.agent());
        yield Twiml.connect(host(request), CallParameters.of(call, token));
      }
      case Admission.Refused(Admission.Reason reason) -> parts.config().refusal().twiml(reason);
    };
  }

  private static CallInfo call(Webhook webhook) {
    return new CallInfo(
        webhook.callSid(),
        webhook.get("From"),
        webhook.get("To"),
        CallParameters.agent(webhook.given()),
        CallParameters.variables(webhook.given()));
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
}
