package voiceagent.gateway.twilio;

import io.helidon.common.media.type.MediaType;
import io.helidon.common.media.type.MediaTypes;
import io.helidon.common.parameters.Parameters;
import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.lang.System.Logger.Level;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// A request of Twilio's that was found to be signed.
///
/// @param callSid the call it is about
/// @param given all its parameters, those of the query too
record Webhook(String callSid, Map<String, String> given) {
  private static final System.Logger LOG = System.getLogger(Webhook.class.getName());

  /// Goes into logs as it is. Twilio's are "CA" and 32 hex digits.
  private static final Pattern CALL_SID = Pattern.compile("[A-Za-z0-9]{1,64}");

  /// Reads and checks a request; one that does not come from Twilio is answered here.
  ///
  /// @return empty once the request was refused
  static Optional<Webhook> of(TwilioParts parts, ServerRequest request, ServerResponse response) {
    String query = request.query().isEmpty() ? "" : "?" + request.query().rawValue();
    String url = request.path().rawPath() + query;
    Optional<String> signature =
        request.headers().first(HeaderNames.create(TwilioSignature.HEADER));
    Map<String, List<String>> form = Map.of();
    boolean signed;
    if (isPosted(request, MediaTypes.APPLICATION_JSON)) {
      signed = parts.signature().isValidJson(url, request.content().as(String.class), signature);
    } else {
      if (isPosted(request, MediaTypes.APPLICATION_FORM_URLENCODED)) {
        form = all(request.content().as(Parameters.class));
      }
      signed = parts.signature().isValidWebhook(url, TwilioSignature.signedForm(form), signature);
    }
    if (!signed) {
      refuse(parts, response, Status.FORBIDDEN_403, "signature", "signature is not valid");
      return Optional.empty();
    }
    Map<String, String> given = new HashMap<>();
    all(request.query()).forEach((name, values) -> given.put(name, values.getFirst()));
    form.forEach((name, values) -> given.put(name, values.getFirst()));
    String callSid = given.getOrDefault("CallSid", "");
    if (!CALL_SID.matcher(callSid).matches()) {
      refuse(parts, response, Status.BAD_REQUEST_400, "call_sid", "CallSid is missing or no id");
      return Optional.empty();
    }
    return Optional.of(new Webhook(callSid, given));
  }

  private static boolean isPosted(ServerRequest request, MediaType type) {
    return request.prologue().method().equals(Method.POST)
        && request
            .headers()
            .contentType()
            .map(given -> given.mediaType().text())
            .filter(type.text()::equals)
            .isPresent();
  }

  String get(String name) {
    return given.getOrDefault(name, "");
  }

  @Override
  public String toString() {
    return "Webhook[" + callSid + "]";
  }

  private static void refuse(
      TwilioParts parts, ServerResponse response, Status status, String reason, String text) {
    parts.meters().webhookRefused(reason);
    LOG.log(Level.WARNING, "a webhook was refused: {0}", text);
    response.status(status).send(text);
  }

  private static Map<String, List<String>> all(Parameters parameters) {
    Map<String, List<String>> all = new HashMap<>();
    parameters.names().forEach(name -> all.put(name, valuesOf(parameters, name)));
    return all;
  }

  /// A name without a value has one that is empty.
  private static List<String> valuesOf(Parameters parameters, String name) {
    List<String> values = parameters.all(name, List::of);
    return values.isEmpty() ? List.of("") : values;
  }
}
