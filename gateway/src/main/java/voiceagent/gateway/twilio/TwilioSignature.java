package voiceagent.gateway.twilio;

import com.twilio.security.RequestValidator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Checks that a request comes from Twilio: `X-Twilio-Signature` over the public URL. Any thread.
///
/// The URL is built from `PUBLIC_HOST`, never from what the request says of itself. Source: Twilio
/// docs, "Security - Validating requests".
final class TwilioSignature {
  static final String HEADER = "X-Twilio-Signature";

  private final Optional<RequestValidator> validator;
  private final String publicHost;

  TwilioSignature(TwilioConfig config) {
    publicHost = config.publicHost();
    validator =
        config.validateSignatures()
            ? config.authToken().map(token -> new RequestValidator(token.reveal()))
            : Optional.empty();
  }

  /// A webhook.
  ///
  /// @param pathAndQuery as requested, not decoded
  /// @param form the decoded parameters of a POST; empty for a GET
  boolean isValidWebhook(String pathAndQuery, Map<String, String> form, Optional<String> header) {
    return isValid(Stream.of("https://" + publicHost + pathAndQuery), form, header);
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
    return validator
        .map(v ->
            header.filter(h -> !h.isBlank()).isPresent()
                && urls.anyMatch(url -> v.validate(url, form, header.get())))
        .orElse(true);
  }
}
