package voiceagent.gateway.record;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import voiceagent.kit.config.Secret;
import voiceagent.kit.config.Settings;

/// What is kept of calls, and where.
///
/// @param folder `CALL_RECORD_DIR`; empty: nowhere
/// @param webhook `CALL_WEBHOOK_URL`
/// @param secret `CALL_WEBHOOK_SECRET`: signs what is sent
/// @param redaction `REDACT`
public record RecordConfig(
    Optional<Path> folder, Optional<URI> webhook, Optional<Secret> secret, Redaction redaction) {
  public static RecordConfig from(Settings settings) {
    String folder = settings.text("CALL_RECORD_DIR");
    Optional<URI> webhook =
        settings.optional("CALL_WEBHOOK_URL").isPresent()
            ? Optional.of(settings.uri("CALL_WEBHOOK_URL", Set.of("https", "http")))
            : Optional.empty();
    Optional<Secret> secret = settings.secret("CALL_WEBHOOK_SECRET");
    if (webhook.isPresent() && secret.isEmpty()) {
      settings.problem(
          "CALL_WEBHOOK_SECRET is not set, expected a secret of yours: it signs what is sent to"
              + " CALL_WEBHOOK_URL");
    }
    return new RecordConfig(
        folder.equals("off") ? Optional.empty() : Optional.of(Path.of(folder)),
        webhook,
        secret,
        Redaction.from(settings));
  }
}
