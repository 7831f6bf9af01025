package voiceagent.sim.speech;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import voiceagent.kit.audio.Mulaw;

/// Real speech from text with no network: FreeTTS, voice kevin16. The same text always gives the
/// same audio. Any thread; blocks for 1 to 2 ms per second of speech.
///
/// Each word of the text as written gets one [SpokenWord]; one without sound, such as a lone dash,
/// has no length. What was made is kept, up to [#CACHE_BYTES].
public final class SpeechSynthesizer implements AutoCloseable {
  private static final int VOICES = 2;
  private static final int WAIT_SECONDS = 10;
  private static final int MAX_CHARACTERS = 20_000;
  private static final int CACHE_BYTES = 24 << 20;

  private final Semaphore places = new Semaphore(VOICES);
  private final ArrayDeque<KevinVoice> idle = new ArrayDeque<>();
  private final Map<String, Speech> made = new LinkedHashMap<>(64, 0.75f, true);
  private int madeBytes;

  /// Audio in both encodings, and its words.
  private static final class Speech {
    final byte[] pcm;
    final Utterance utterance;

    Speech(byte[] pcm, Utterance utterance) {
      this.pcm = pcm;
      this.utterance = utterance;
    }

    int bytes() {
      return pcm.length + utterance.mulaw().length;
    }
  }

  /// The text as mu-law with its word times; its name is the text. No audio if nothing can be said.
  ///
  /// @throws IllegalArgumentException if the text has over 20,000 characters
  public Utterance speak(String text) {
    return speech(text).utterance;
  }

  /// The same audio as 16-bit little-endian PCM, 8000 Hz; not to be changed.
  public byte[] pcm(String text) {
    return speech(text).pcm;
  }

  @Override
  public synchronized void close() {
    idle.forEach(KevinVoice::close);
    idle.clear();
  }

  private Speech speech(String text) {
    if (text.length() > MAX_CHARACTERS) {
      throw new IllegalArgumentException(
          "text has " + text.length() + " characters, expected " + MAX_CHARACTERS + " at most");
    }
    synchronized (this) {
      Speech known = made.get(text);
      if (known != null) {
        return known;
      }
    }
    List<String> written = Arrays.stream(text.split("\\s+")).filter(w -> !w.isEmpty()).toList();
    Track track = track(written);
    byte[] pcm = track.pcm();
    Speech speech = new Speech(pcm, new Utterance(text, Mulaw.encode(pcm), track.words(written)));
    keep(text, speech);
    return speech;
  }

  private synchronized void keep(String text, Speech speech) {
    if (speech.bytes() > CACHE_BYTES / 4 || made.putIfAbsent(text, speech) != null) {
      return;
    }
    madeBytes += speech.bytes();
    var eldest = made.values().iterator();
    while (madeBytes > CACHE_BYTES) {
      madeBytes -= eldest.next().bytes();
      eldest.remove();
    }
  }

  private Track track(List<String> written) {
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
      Track track = voice.speak(written);
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
