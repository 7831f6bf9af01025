package voiceagent.gateway.twilio;

import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import voiceagent.kit.config.Secret;
import voiceagent.kit.config.Settings;

/// What the gateway knows of Twilio and of how Twilio sees it.
///
/// @param publicHost `PUBLIC_HOST`, with a port where it has one; empty only without validation
/// @param accountSid `TWILIO_ACCOUNT_SID`
/// @param authToken `TWILIO_AUTH_TOKEN`
/// @param secondaryAuthToken `TWILIO_SECONDARY_AUTH_TOKEN`: taken too, while tokens are rotated
/// @param phoneNumber `TWILIO_PHONE_NUMBER`: the number that our own calls come from
/// @param apiUrl `TWILIO_API_URL`
/// @param validateSignatures `TWILIO_VALIDATE_SIGNATURES`
/// @param tokenRequired `STREAM_TOKEN_REQUIRED`
/// @param adminToken `ADMIN_TOKEN`
/// @param transferFallback `TRANSFER_FALLBACK_TO`: number or SIP address that is dialled when
///   nobody answers a transfer
/// @param refusal what a caller gets whose call cannot be taken
public record TwilioConfig(
    String publicHost,
    Optional<String> accountSid,
    Optional<Secret> authToken,
    Optional<Secret> secondaryAuthToken,
    Optional<String> phoneNumber,
    URI apiUrl,
    boolean validateSignatures,
    boolean tokenRequired,
    Optional<Secret> adminToken,
    Optional<String> transferFallback,
    RefusalPolicy refusal) {
  public static TwilioConfig from(Settings settings) {
    TwilioConfig config =
        new TwilioConfig(
            bare(settings.optional("PUBLIC_HOST").orElse("")),
            settings.optional("TWILIO_ACCOUNT_SID"),
            settings.secret("TWILIO_AUTH_TOKEN"),
            settings.secret("TWILIO_SECONDARY_AUTH_TOKEN"),
            settings.optional("TWILIO_PHONE_NUMBER"),
            settings.uri("TWILIO_API_URL", Set.of("https", "http")),
            settings.flag("TWILIO_VALIDATE_SIGNATURES"),
            settings.flag("STREAM_TOKEN_REQUIRED"),
            settings.secret("ADMIN_TOKEN"),
            settings.optional("TRANSFER_FALLBACK_TO"),
            RefusalPolicy.from(settings));
    if (config.validateSignatures() && config.authToken().isEmpty()) {
      settings.problem(
          "TWILIO_AUTH_TOKEN is not set, expected the auth token of your Twilio account; "
              + "signatures cannot be checked without it");
    }
    if (config.validateSignatures() && config.publicHost().isEmpty()) {
      settings.problem(
          "PUBLIC_HOST is not set, expected the host by which Twilio reaches this gateway, "
              + "such as voice.example.com; signatures cannot be checked without it");
    }
    return config;
  }

  /// What Twilio may sign with: the primary token, and during a rotation the one that will be, or
  /// was. Ours are signed with the first.
  List<Secret> authTokens() {
    return Stream.of(authToken, secondaryAuthToken).flatMap(Optional::stream).toList();
  }

  /// A scheme pasted in, and slashes behind the host, are stripped.
  private static String bare(String host) {
    return host.replaceFirst("^[A-Za-z]+://", "").replaceFirst("/+$", "");
  }
}
