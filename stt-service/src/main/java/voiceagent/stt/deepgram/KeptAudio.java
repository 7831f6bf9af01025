package voiceagent.stt.deepgram;

import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import voiceagent.kit.audio.AudioFrame;
import voiceagent.kit.audio.Loudness;

/// The call's audio since the end of the last final, for a connection that has to hear it again.
/// One thread.
///
/// Full at [#MOST_SAMPLES]: the oldest is forgotten.
final class KeptAudio {
  /// Sixty seconds.
  static final long MOST_SAMPLES = 60L * AudioFrame.RATE;

  /// Below it nobody speaks, not even softly: about -52 dB below full scale.
  private static final int SILENT = 80;

  /// Silence before speech that is never skipped: soft sounds begin a word.
  private static final long LEAD_IN = Duration.ofMillis(200).toMillis() * 8;

  /// A stretch of audio. A class, not a record: it holds an array.
  static final class Chunk {
    private final long offset;
    private final byte[] mulaw;
    private final long nanos;
    private final boolean voiced;
    private final boolean silent;

    /// How long it has been silent at this chunk's end.
    private final long silence;

    private Chunk(long offset, byte[] mulaw, long nanos, long silenceBefore) {
      this.offset = offset;
      this.mulaw = mulaw;
      this.nanos = nanos;
      int loudness = Loudness.rms(mulaw, 0, mulaw.length);
      voiced = loudness >= Loudness.VOICE;
      silent = loudness < SILENT;
      silence = silent ? silenceBefore + mulaw.length : 0;
    }

    long offset() {
      return offset;
    }

    int length() {
      return mulaw.length;
    }

    long end() {
      return offset + mulaw.length;
    }

    /// Whether somebody is likely to speak in it.
    boolean voiced() {
      return voiced;
    }

    /// The bytes from an offset of the call on.
    byte[] from(long start) {
      return start == offset
          ? mulaw
          : Arrays.copyOfRange(mulaw, (int) (start - offset), mulaw.length);
    }
  }

  private final TreeMap<Long, Chunk> chunks = new TreeMap<>();
  private long start;
  private long end;
  private long silence;

  /// @param start offset of the first sample that will come
  KeptAudio(long start) {
    this.start = start;
    end = start;
  }

  /// @param nanos when it came
  Chunk add(long offset, byte[] mulaw, long nanos) {
    Chunk chunk = new Chunk(offset, mulaw, nanos, silence);
    silence = chunk.silence;
    chunks.put(offset, chunk);
    end = chunk.end();
    if (end - start > MOST_SAMPLES) {
      forget(end - MOST_SAMPLES);
    }
    return chunk;
  }

  /// Offset of the first sample that is kept.
  long start() {
    return start;
  }

  /// Offset after the last sample.
  long end() {
    return end;
  }

  /// Forgets what lies before an offset.
  void forget(long before) {
    start = Math.max(start, Math.min(before, end));
    Map.Entry<Long, Chunk> first = chunks.firstEntry();
    while (first != null && first.getValue().end() <= start) {
      chunks.pollFirstEntry();
      first = chunks.firstEntry();
    }
  }

  /// The chunk that holds an offset.
  @Nullable Chunk at(long offset) {
    Map.Entry<Long, Chunk> entry = chunks.floorEntry(offset);
    return entry == null || entry.getValue().end() <= offset ? null : entry.getValue();
  }

  /// When the sample before an offset came; 0 if that is forgotten.
  long arrival(long offset) {
    Chunk chunk = at(offset - 1);
    return chunk == null ? 0 : chunk.nanos;
  }

  /// Whether a chunk lies in a silence that may be shortened: so much silence was before, and
  /// speech does not follow at once.
  boolean isSkippable(Chunk chunk, long keptSilence) {
    if (chunk.silence <= keptSilence) {
      return false;
    }
    Chunk next = chunk;
    while (next.end() < chunk.end() + LEAD_IN) {
      next = at(next.end());
      if (next == null || !next.silent) {
        return false;
      }
    }
    return true;
  }
}
