package voiceagent.gateway.clip;

import java.nio.file.Path;
import java.util.Optional;
import voiceagent.kit.config.Settings;

/// Where clips in the agents' voices are kept.
///
/// @param folder `CLIP_DIR`; empty: none are made
/// @param maxBytes `CLIP_CACHE_MB`: what they may take on disk, and again in memory
public record ClipConfig(Optional<Path> folder, long maxBytes) {
  private static final long MEGABYTE = 1 << 20;

  public static ClipConfig from(Settings settings) {
    String local = Path.of(System.getProperty("java.io.tmpdir"), "voice-agent-clips").toString();
    String folder = settings.optional("CLIP_DIR").orElse(local);
    return new ClipConfig(
        folder.equals("off") ? Optional.empty() : Optional.of(Path.of(folder)),
        settings.integer("CLIP_CACHE_MB", 1, 10_000) * MEGABYTE);
  }
}
