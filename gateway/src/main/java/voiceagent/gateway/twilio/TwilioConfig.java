package voiceagent.gateway.twilio;

import java.util.Optional;
import voiceagent.kit.config.Secret;
import voiceagent.kit.config.Settings;

/// What the gateway knows of Twilio and of how Twilio sees it.
///
/// @param publicHost `PUBLIC_HOST`, with a port where it has one; empty only without validation
/// @param authToken `TWILIO_AUTH_TOKEN`
/// @param validateSignatures `TWILIO_VALIDATE_SIGNATURES`
/// @param tokenRequired `STREAM_TOKEN_REQUIRED`
public record TwilioConfig(
    String publicHost,
    Optional<Secret> authToken,
    boolean validateSignatures,
    boolean tokenRequired) {
  public static TwilioConfig from(Settings settings) {
    TwilioConfig config =
        new TwilioConfig(
            bare(settings.optional("PUBLIC_HOST").orElse("")),
            settings.secret("TWILIO_AUTH_TOKEN"),
            settings.flag("TWILIO_VALIDATE_SIGNATURES"),
            settings.flag("STREAM_TOKEN_REQUIRED"));
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

  /// A scheme pasted in, and slashes behind the host, are stripped.
  private static String bare(String host) {
    return host.replaceFirst("^[A-Za-z]+://", "").replaceFirst("/+$", "");
  }
}
