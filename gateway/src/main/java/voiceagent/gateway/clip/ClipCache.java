package voiceagent.gateway.clip;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import voiceagent.kit.agent.Agent;
import voiceagent.kit.agent.Agents;

/// Fixed phrases in the agents' own voices: made once by the speech stage, kept on disk, and held
/// in memory, so that they play at once, also with that stage down. Any thread.
///
/// One thread of its own makes them, at start and for phrases that were looked for twice; while the
/// stage can not be reached it tries again. A clip's name is a hash of its text, the voice and what
/// makes the voice's audio, provider and model, so that none outlives a change of these.
public final class ClipCache implements AutoCloseable {
  private static final Logger LOG = System.getLogger(ClipCache.class.getName());

  /// Full: what is wanted next is not made.
  private static final int MAX_WAITING = 1000;

  /// Phrases that were looked for once; full: the first is forgotten.
  private static final int MAX_MISSED = 1000;

  private static final int MAX_CHARACTERS = 1000;
  private static final long FIRST_RETRY_MS = 200;
  private static final long MOST_RETRY_MS = 10_000;
  private static final String FORMAT = "mulaw-8000";

  /// Where clips are made. Blocks.
  public interface Studio {
    /// What makes the audio of a voice: its provider and model.
    ///
    /// @throws IOException if it can not be reached now
    String source(ClipVoice voice) throws IOException;

    /// @return empty if this phrase can not be made at all
    /// @throws IOException if it can not be made now
    Optional<Clip> render(ClipVoice voice, String text) throws IOException;
  }

  private record Wanted(ClipVoice voice, String text) {}

  private final boolean on;
  private final @Nullable ClipFiles files;
  private final long maxBytes;
  private final Studio studio;
  private final Map<Wanted, Clip> held = new LinkedHashMap<>(64, 0.75f, true);
  private final Set<Wanted> waiting = new LinkedHashSet<>();
  private final Set<Wanted> missed = new LinkedHashSet<>();
  private final @Nullable Thread thread;
  private long heldBytes;
  private boolean closed;

  public ClipCache(ClipConfig config, Studio studio) {
    on = config.folder().isPresent();
    files = config.folder().map(f -> new ClipFiles(f, config.maxBytes())).orElse(null);
    maxBytes = config.maxBytes();
    this.studio = studio;
    thread = on ? Thread.ofVirtual().name("clips").start(this::make) : null;
  }

  /// Has the greetings and the gateway's own phrases made for these agents.
  public void prepare(List<Agent> agents, List<String> phrases) {
    for (Agent agent : agents) {
      want(ClipVoice.of(agent), Agents.filled(agent.greeting(), agent.variables()));
    }
    for (Agent agent : agents) {
      phrases.forEach(text -> want(ClipVoice.of(agent), text));
    }
  }

  /// A phrase, if it is held. One that is looked for the second time is made: a greeting with a
  /// caller's name is not kept.
  public synchronized Optional<Clip> find(ClipVoice voice, String text) {
    Wanted wanted = new Wanted(voice, text);
    Clip clip = held.get(wanted);
    if (clip == null && on) {
      if (missed.remove(wanted)) {
        want(voice, text);
      } else {
        missed.add(wanted);
        trim(missed);
      }
    }
    return Optional.ofNullable(clip);
  }

  private static void trim(Set<Wanted> set) {
    if (set.size() > MAX_MISSED) {
      set.remove(set.iterator().next());
    }
  }

  private synchronized void want(ClipVoice voice, String text) {
    if (on && waiting.size() < MAX_WAITING && !text.isBlank() && text.length() <= MAX_CHARACTERS) {
      waiting.add(new Wanted(voice, text));
      notifyAll();
    }
  }

  private void make() {
    long retryMs = FIRST_RETRY_MS;
    try {
      for (Wanted next = next(); next != null; next = next()) {
        try {
          Wanted wanted = next;
          over(wanted, made(wanted));
          retryMs = FIRST_RETRY_MS;
        } catch (IOException e) {
          LOG.log(Level.DEBUG, "clips wait: {0}", e.getMessage());
          Thread.sleep(Duration.ofMillis(retryMs));
          retryMs = Math.min(MOST_RETRY_MS, retryMs * 2);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized @Nullable Wanted next() throws InterruptedException {
    while (waiting.isEmpty() && !closed) {
      wait();
    }
    return closed ? null : waiting.iterator().next();
  }

  /// What is held does not wait any more: both are seen at once.
  private synchronized void over(Wanted wanted, Optional<Clip> made) {
    made.ifPresent(clip -> hold(wanted, clip));
    waiting.remove(wanted);
    if (waiting.isEmpty()) {
      LOG.log(Level.INFO, "{0} clips are held", String.valueOf(held.size()));
    }
  }

  private Optional<Clip> made(Wanted wanted) throws IOException {
    String key = key(studio.source(wanted.voice()), wanted);
    Optional<Clip> kept = read(key);
    if (kept.isPresent()) {
      return kept;
    }
    Optional<Clip> clip = studio.render(wanted.voice(), wanted.text());
    if (clip.isPresent()) {
      write(key, clip.get());
    } else {
      LOG.log(Level.WARNING, "the speech stage can not make a clip of a phrase");
    }
    return clip;
  }

  private Optional<Clip> read(String key) {
    try {
      return files == null ? Optional.empty() : files.read(key);
    } catch (IOException e) {
      LOG.log(Level.WARNING, "a clip can not be read: {0}", e.getMessage());
      return Optional.empty();
    }
  }

  private void write(String key, Clip clip) {
    try {
      if (files != null) {
        files.write(key, clip);
      }
    } catch (IOException e) {
      LOG.log(Level.WARNING, "a clip can not be kept: {0}", e.toString());
    }
  }

  private void hold(Wanted wanted, Clip clip) {
    Clip before = held.put(wanted, clip);
    heldBytes += clip.mulaw().length - (before == null ? 0 : before.mulaw().length);
    Iterator<Clip> eldest = held.values().iterator();
    while (heldBytes > maxBytes && eldest.hasNext()) {
      heldBytes -= eldest.next().mulaw().length;
      eldest.remove();
    }
  }

  private static String key(String source, Wanted wanted) {
    ClipVoice voice = wanted.voice();
    String all =
        String.join(
            "\n",
            source,
            voice.id(),
            voice.language(),
            String.valueOf(voice.speed()),
            voice.pronunciation(),
            FORMAT,
            wanted.text());
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(all.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /// How many phrases are still to be made.
  public synchronized int waiting() {
    return waiting.size();
  }

  /// Makes no more.
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    if (thread != null) {
      thread.interrupt();
    }
  }
}
