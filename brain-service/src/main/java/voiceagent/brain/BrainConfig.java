package voiceagent.brain;

import java.net.URI;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import voiceagent.kit.config.Secret;
import voiceagent.kit.config.Settings;

/// Where the models are and which to ask.
///
/// @param base `GROQ_BASE_URL`
/// @param key `GROQ_API_KEY`
/// @param models `GROQ_MODEL`, then `GROQ_FALLBACK_MODELS`
/// @param routes `ROUTER_ENABLED`
/// @param extraction `OUTLINES_ENABLED`
record BrainConfig(URI base, Secret key, List<String> models, boolean routes, boolean extraction) {
  static BrainConfig from(Settings settings) {
    Secret key =
        settings
            .secret("GROQ_API_KEY")
            .orElseGet(() -> {
              settings.problem("GROQ_API_KEY is not set, expected a key of console.groq.com");
              return Secret.of("");
            });
    List<String> models =
        Stream.concat(
                Stream.of(settings.text("GROQ_MODEL")),
                settings.list("GROQ_FALLBACK_MODELS").stream())
            .toList();
    return new BrainConfig(
        settings.uri("GROQ_BASE_URL", Set.of("http", "https")),
        key,
        models,
        settings.flag("ROUTER_ENABLED"),
        settings.flag("OUTLINES_ENABLED"));
  }
}
