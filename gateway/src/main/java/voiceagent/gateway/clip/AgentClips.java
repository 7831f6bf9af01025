package voiceagent.gateway.clip;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import voiceagent.kit.agent.Agent;

/// Clips of agents in `AGENTS_DIR/clips/AGENT`: raw mu-law, 8000 Hz, made by `./voice-agent clips`.
///
/// A clip's name holds a hash of its text and voice: once either changes, the clip does not count
/// any more. Any thread; a clip is read from disk once.
public final class AgentClips {
  /// 30 s.
  private static final long MAX_BYTES = 240_000;

  /// Full: the clip read first is read again when needed. 500 of 10 s are 40 MB.
  private static final int MAX_CACHED = 500;

  private final Optional<Path> folder;
  private final Map<Path, byte[]> cache =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Path, byte[]> eldest) {
          return size() > MAX_CACHED;
        }
      };

  /// @param agents `AGENTS_DIR`; empty: there are none
  public AgentClips(Optional<Path> agents) {
    folder = agents.map(a -> a.resolve("clips"));
  }

  /// The audio of a sentence in an agent's voice, if there is a clip of it.
  public synchronized Optional<byte[]> find(Agent agent, String text) {
    if (folder.isEmpty()) {
      return Optional.empty();
    }
    Path file = file(folder.get(), agent, text);
    byte[] known = cache.get(file);
    if (known != null) {
      return Optional.of(known);
    }
    try {
      if (!Files.exists(file) || Files.size(file) > MAX_BYTES || Files.size(file) == 0) {
        return Optional.empty();
      }
      byte[] read = Files.readAllBytes(file);
      cache.put(file, read);
      return Optional.of(read);
    } catch (IOException _) {
      return Optional.empty();
    }
  }

  /// Where the clip of a sentence lies.
  static Path file(Path clips, Agent agent, String text) {
    String key = text.strip() + "\n" + agent.voice().id() + "\n" + agent.voice().speed();
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
      return clips.resolve(agent.id()).resolve(HexFormat.of().formatHex(hash, 0, 8) + ".ulaw");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
