package voiceagent.gateway.twilio;

import com.twilio.security.RequestValidator;
import java.net.URISyntaxException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Checks that a request comes from Twilio: `X-Twilio-Signature` over the public URL. Any thread.
///
/// The URL is built from `PUBLIC_HOST`, never from what the request says of itself. Source: Twilio
/// docs, "Security - Validating requests".
final class TwilioSignature {
  static final String HEADER = "X-Twilio-Signature";

  /// One for each token; none where signatures are not checked.
  private final List<RequestValidator> validators;

  private final String publicHost;

  TwilioSignature(TwilioConfig config) {
    publicHost = config.publicHost();
    validators =
        config.validateSignatures()
            ? config.authTokens().stream().map(t -> new RequestValidator(t.reveal())).toList()
            : List.of();
  }

  /// A webhook.
  ///
  /// @param pathAndQuery as requested, not decoded
  /// @param form [#signedForm] of a POST; empty for a GET
  boolean isValidWebhook(String pathAndQuery, Map<String, String> form, Optional<String> header) {
    return isValid(Stream.of("https://" + publicHost + pathAndQuery), form, header);
  }

  /// A webhook with a JSON body, whose SHA-256 the signed URL carries as `bodySHA256`.
  ///
  /// @param body exactly as it came
  boolean isValidJson(String pathAndQuery, String body, Optional<String> header) {
    String url = "https://" + publicHost + pathAndQuery;
    return isValid(
        header, (v, h) -> pathAndQuery.contains("bodySHA256=") && isValidJson(v, url, body, h));
  }

  private static boolean isValidJson(
      RequestValidator validator, String url, String body, String header) {
    try {
      return validator.validate(url, body, header);
    } catch (URISyntaxException e) {
      return false;
    }
  }

  /// A WebSocket handshake. Twilio signs the URL of our TwiML, at times with a slash behind it or
  /// the port within it.
  boolean isValidHandshake(String path, Optional<String> header) {
    List<String> hosts =
        publicHost.contains(":") ? List.of(publicHost) : List.of(publicHost, publicHost + ":443");
    return isValid(
        hosts.stream().flatMap(h -> Stream.of("wss://" + h + path, "wss://" + h + path + "/")),
        Map.of(),
        header);
  }

  private boolean isValid(Stream<String> urls, Map<String, String> form, Optional<String> header) {
    List<String> all = urls.toList();
    return isValid(header, (v, h) -> all.stream().anyMatch(url -> v.validate(url, form, h)));
  }

  private boolean isValid(Optional<String> header, BiPredicate<RequestValidator, String> check) {
    return validators.isEmpty()
        || header
            .filter(h -> !h.isBlank())
            .filter(h -> validators.stream().anyMatch(v -> check.test(v, h)))
            .isPresent();
  }

  /// What of a form is signed. A name that comes more than once counts with each of its values
  /// once, in their order, with the name before each. Source: npm `twilio`, `webhooks.ts`.
  ///
  /// @param form decoded values by name
  static Map<String, String> signedForm(Map<String, List<String>> form) {
    Map<String, String> signed = new HashMap<>();
    form.forEach((name, values) ->
        signed.put(name, values.stream().distinct().sorted().collect(Collectors.joining(name))));
    return signed;
  }
}
