package voiceagent.tts.cartesia;

import java.net.URI;
import java.util.Set;
import voiceagent.kit.config.Secret;
import voiceagent.kit.config.Settings;

/// Which voice of Cartesia's speaks, and how it is reached.
///
/// @param url `CARTESIA_URL`: scheme and host, with a path before `/tts/websocket` where a proxy
///   needs one
/// @param voice `CARTESIA_VOICE_ID`: for calls that choose none
/// @param concurrency `CARTESIA_CONCURRENCY`: contexts at once, 0 for no limit of ours
public record CartesiaConfig(
    URI url,
    Secret key,
    String voice,
    String model,
    AudioEncoding encoding,
    int concurrency,
    Patience patience) {

  /// Notes what is wrong in the settings; the caller checks them.
  public static CartesiaConfig from(Settings settings) {
    return new CartesiaConfig(
        settings.uri("CARTESIA_URL", Set.of("ws", "wss")),
        Secret.of(settings.text("CARTESIA_API_KEY")),
        settings.text("CARTESIA_VOICE_ID"),
        settings.text("CARTESIA_MODEL"),
        settings.choice("CARTESIA_ENCODING", Set.of("pcm_mulaw", "pcm_s16le")).equals("pcm_s16le")
            ? AudioEncoding.PCM_S16LE
            : AudioEncoding.PCM_MULAW,
        settings.integer("CARTESIA_CONCURRENCY", 0, 100_000),
        Patience.PRESET);
  }

  /// As this, with other deadlines: for tests.
  CartesiaConfig with(Patience other) {
    return new CartesiaConfig(url, key, voice, model, encoding, concurrency, other);
  }

  /// Where the socket is opened. The key goes into a header: URLs get logged.
  URI socket() {
    String base = url.toString();
    return URI.create((base.endsWith("/") ? base : base + "/") + "tts/websocket");
  }
}
