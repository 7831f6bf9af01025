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
/// @param model `DEEPGRAM_MODEL`: one that begins with "flux" is asked at `/v2/listen`, any other
///   at `/v1/listen`
/// @param endpointing `DEEPGRAM_ENDPOINTING_MS`: silence that ends a stretch of speech; not for
///   Flux
/// @param utteranceEnd `DEEPGRAM_UTTERANCE_END_MS`: gap between words that ends a turn; not for
///   Flux
/// @param flux when Flux ends a turn
/// @param keepAlive after so long without audio Deepgram is told that we are there; it gives up
///   after 10 s
public record DeepgramConfig(
    URI url,
    Secret key,
    String model,
    Duration endpointing,
    Duration utteranceEnd,
    FluxConfig flux,
    Duration keepAlive) {
  private static final Duration KEEP_ALIVE = Duration.ofSeconds(4);

  public static DeepgramConfig from(Settings settings) {
    return new DeepgramConfig(
        settings.uri("DEEPGRAM_URL", Set.of("ws", "wss")),
        Secret.of(settings.text("DEEPGRAM_API_KEY")),
        settings.text("DEEPGRAM_MODEL"),
        settings.millis("DEEPGRAM_ENDPOINTING_MS", 10, 5000),
        settings.millis("DEEPGRAM_UTTERANCE_END_MS", 1000, 5000),
        FluxConfig.from(settings),
        KEEP_ALIVE);
  }

  /// The same with another interval of signs of life: for tests, whose limits are shorter.
  public DeepgramConfig withKeepAlive(Duration changed) {
    return new DeepgramConfig(url, key, model, endpointing, utteranceEnd, flux, changed);
  }

  boolean isFlux() {
    return model.startsWith("flux");
  }
}
