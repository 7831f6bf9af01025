package voiceagent.speech;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// FreeTTS's voice kevin16, for any thread. The same text and speed always give the same audio.
/// Blocks for 1 to 2 ms per second of speech, and 100 ms when a voice is used first.
///
/// What was made is kept, up to [#CACHE_BYTES].
public final class LocalVoice implements AutoCloseable {
  /// The longest text that is spoken at once.
  public static final int MAX_CHARACTERS = 20_000;

  private static final int VOICES = 2;
  private static final int WAIT_SECONDS = 10;
  private static final int CACHE_BYTES = 24 << 20;

  private record Wanted(String text, float speed) {}

  private final Semaphore places = new Semaphore(VOICES);
  private final ArrayDeque<KevinVoice> idle = new ArrayDeque<>();
  private final Map<Wanted, SpokenText> made = new LinkedHashMap<>(64, 0.75f, true);
  private int madeBytes;

  public LocalVoice() {}

  /// Makes the voices, so that no text waits for that.
  public void warmUp() {
    for (int i = 0; i < VOICES; i++) {
      synchronized (this) {
        idle.push(new KevinVoice());
      }
    }
  }

  /// @param speed 1 is the voice's own pace
  /// @throws IllegalArgumentException if the text is longer than [#MAX_CHARACTERS]
  public SpokenText speak(String text, float speed) {
    if (text.length() > MAX_CHARACTERS) {
      throw new IllegalArgumentException(
          "text has " + text.length() + " characters, expected " + MAX_CHARACTERS + " at most");
    }
    Wanted wanted = new Wanted(text, speed);
    synchronized (this) {
      SpokenText known = made.get(wanted);
      if (known != null) {
        return known;
      }
    }
    List<String> written = Arrays.stream(text.split("\\s+")).filter(w -> !w.isEmpty()).toList();
    Track track = track(written, speed);
    SpokenText spoken = new SpokenText(track.pcm(), track.words(written));
    keep(wanted, spoken);
    return spoken;
  }

  @Override
  public synchronized void close() {
    idle.forEach(KevinVoice::close);
    idle.clear();
  }

  private synchronized void keep(Wanted wanted, SpokenText spoken) {
    if (spoken.bytes() > CACHE_BYTES / 4 || made.putIfAbsent(wanted, spoken) != null) {
      return;
    }
    madeBytes += spoken.bytes();
    var eldest = made.values().iterator();
    while (madeBytes > CACHE_BYTES) {
      madeBytes -= eldest.next().bytes();
      eldest.remove();
    }
  }

  private Track track(List<String> written, float speed) {
    try {
      if (!places.tryAcquire(WAIT_SECONDS, TimeUnit.SECONDS)) {
        throw new IllegalStateException("no voice is free within " + WAIT_SECONDS + " s");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for a voice", e);
    }
    try {
      KevinVoice voice = idleOrNew();
      Track track = voice.speak(written, speed);
      synchronized (this) {
        idle.push(voice); // one that failed is not used again
      }
      return track;
    } finally {
      places.release();
    }
  }

  private KevinVoice idleOrNew() {
    synchronized (this) {
      if (!idle.isEmpty()) {
        return idle.pop();
      }
    }
    return new KevinVoice();
  }
}
