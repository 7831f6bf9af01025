package voiceagent.stt.deepgram;

import java.net.URI;
import java.time.Duration;
import java.util.Set;
import voiceagent.kit.config.Secret;
import voiceagent.kit.config.Settings;

/// How Deepgram is used.
///
/// @param url `DEEPGRAM_URL`, without path
/// @param key `DEEPGRAM_API_KEY`
/// @param model `DEEPGRAM_MODEL`
/// @param endpointing `DEEPGRAM_ENDPOINTING_MS`: silence that ends a stretch of speech
/// @param utteranceEnd `DEEPGRAM_UTTERANCE_END_MS`: gap between words that ends a turn
/// @param keepAlive after so long without audio Deepgram is told that we are there; it gives up
///   after 10 s
public record DeepgramConfig(
    URI url,
    Secret key,
    String model,
    Duration endpointing,
    Duration utteranceEnd,
    Duration keepAlive) {
  static final Duration KEEP_ALIVE = Duration.ofSeconds(4);

  public static DeepgramConfig from(Settings settings) {
    String model = settings.text("DEEPGRAM_MODEL");
    if (model.startsWith("flux")) {
      settings.problem(
          "DEEPGRAM_MODEL is "
              + model
              + ", expected a model of /v1/listen, such as nova-3: Flux comes in a later version");
    }
    return new DeepgramConfig(
        settings.uri("DEEPGRAM_URL", Set.of("ws", "wss")),
        Secret.of(settings.text("DEEPGRAM_API_KEY")),
        model,
        settings.millis("DEEPGRAM_ENDPOINTING_MS", 10, 5000),
        settings.millis("DEEPGRAM_UTTERANCE_END_MS", 1000, 5000),
        KEEP_ALIVE);
  }
}
