package voiceagent.stt.deepgram;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import voiceagent.kit.time.Timers;

/// Sends the call's audio to one connection: what was kept at 1.25 times real time, as Deepgram
/// wants it, with long silence shortened; once that is done each frame as it comes. On one thread.
final class CatchUp {
  private static final Duration TICK = Duration.ofMillis(40);

  /// Samples a millisecond, at 1.25 times real time.
  private static final int SAMPLES_PER_MS = 10;

  /// After a stall no more than so much is sent at once: 200 ms.
  private static final long MOST_AT_ONCE = 1600;

  private final KeptAudio kept;
  private final DeepgramSocket socket;
  private final Sent sent;
  private final Timers timers;

  /// Silence that is kept: enough for the recogniser to hear the pause.
  private final long keptSilence;

  private long next;
  private long allowance = MOST_AT_ONCE / 2;
  private long lastTick;
  private Timers.@Nullable Timer ticking;

  /// Told of all audio that is sent.
  @FunctionalInterface
  interface Sent {
    /// @param voiced whether somebody is likely to speak in it
    void audio(boolean voiced, int samples);
  }

  /// @param pause silence by which the recogniser ends a stretch of speech
  CatchUp(KeptAudio kept, DeepgramSocket socket, Timers timers, Duration pause, Sent sent) {
    this.kept = kept;
    this.socket = socket;
    this.sent = sent;
    this.timers = timers;
    keptSilence = (pause.toMillis() + 300) * 8;
    next = kept.start();
  }

  /// Begins with what was kept.
  void start() {
    lastTick = timers.nanos();
    tick();
  }

  void stop() {
    if (ticking != null) {
      ticking.cancel();
      ticking = null;
    }
  }

  /// Offset after the last sample that was sent or skipped.
  long sentUntil() {
    return next;
  }

  /// A frame has come and is kept: it is sent, unless others wait before it.
  void live(KeptAudio.Chunk chunk) {
    if (ticking == null && next == chunk.offset()) {
      if (socket.audio(next, chunk.from(next))) {
        next = chunk.end();
        sent.audio(chunk.voiced(), chunk.length());
      } else {
        start();
      }
    }
  }

  private void tick() {
    long now = timers.nanos();
    allowance += (now - lastTick) / 1_000_000 * SAMPLES_PER_MS;
    allowance = Math.min(MOST_AT_ONCE, allowance);
    lastTick = now;
    next = Math.max(next, kept.start());
    Batch batch = new Batch(next);
    boolean taken = true;
    while (taken && next < kept.end() && batch.size() < allowance) {
      KeptAudio.Chunk chunk = Objects.requireNonNull(kept.at(next));
      if (kept.isSkippable(chunk, keptSilence)) {
        taken = send(batch);
        batch = new Batch(chunk.end());
      } else {
        batch.add(chunk, next);
      }
      next = taken ? chunk.end() : next;
    }
    if (taken) {
      send(batch);
    }
    ticking = next < kept.end() ? timers.after(TICK, this::tick) : null;
  }

  /// @return false if Deepgram does not take it: the next tick tries again
  private boolean send(Batch batch) {
    if (batch.size() == 0) {
      return true;
    }
    if (!socket.audio(batch.start, batch.bytes.toByteArray())) {
      next = batch.start;
      return false;
    }
    allowance -= batch.size();
    sent.audio(batch.voiced, batch.size());
    return true;
  }

  /// Audio that goes out as one message.
  private static final class Batch {
    private final long start;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private boolean voiced;

    Batch(long start) {
      this.start = start;
    }

    int size() {
      return bytes.size();
    }

    void add(KeptAudio.Chunk chunk, long from) {
      bytes.writeBytes(chunk.from(from));
      voiced |= chunk.voiced();
    }
  }
}
