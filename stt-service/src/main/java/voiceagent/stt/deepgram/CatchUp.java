package voiceagent.stt.deepgram;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import voiceagent.kit.time.Timers;

/// Sends the call's audio to one connection: what was kept at 1.25 times real time, as Deepgram
/// wants it, with long silence shortened; once that is done as it comes. On one thread.
final class CatchUp {
  private static final Duration TICK = Duration.ofMillis(40);

  /// Samples a millisecond, at 1.25 times real time.
  private static final int SAMPLES_PER_MS = 10;

  /// After a stall no more than so much is sent at once: 200 ms.
  private static final long MOST_AT_ONCE = 1600;

  private final KeptAudio kept;
  private final DeepgramSocket socket;
  private final Grouping grouping;
  private final Sent sent;
  private final Timers timers;

  /// Silence that is kept: enough for the recogniser to hear the pause.
  private final long keptSilence;

  private long next;
  private long allowance = MOST_AT_ONCE / 2;
  private long lastTick;
  private Timers.@Nullable Timer ticking;
  private boolean stopped;

  /// Whether Deepgram took all that was sent the last time.
  private boolean taken = true;

  /// Told of all audio that is sent.
  @FunctionalInterface
  interface Sent {
    /// @param voiced whether somebody is likely to speak in it
    void audio(boolean voiced, int samples);
  }

  /// How much audio a message holds, in bytes. Less than the least waits for the next frame, except
  /// at the end and before silence that is skipped.
  enum Grouping {
    /// Each frame as it comes; what was stored in messages of 100 ms.
    AS_IT_COMES(1, 800),
    /// 80 ms, as Flux wants it.
    FLUX(640, 640);

    private final int least;
    private final int most;

    Grouping(int least, int most) {
      this.least = least;
      this.most = most;
    }
  }

  /// @param pause silence by which the recogniser ends a stretch of speech
  CatchUp(
      KeptAudio kept,
      DeepgramSocket socket,
      Grouping grouping,
      Timers timers,
      Duration pause,
      Sent sent) {
    this.kept = kept;
    this.socket = socket;
    this.grouping = grouping;
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

  /// Nothing more is sent, not even by what runs now.
  void stop() {
    stopped = true;
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
  void live() {
    if (ticking == null) {
      var _ = send(Long.MAX_VALUE, grouping.least);
      if (!taken) {
        start();
      }
    }
  }

  /// Sends what waits for more, unless others wait before it.
  void flush() {
    if (ticking == null) {
      var _ = send(Long.MAX_VALUE, 1);
    }
  }

  private void tick() {
    long now = timers.nanos();
    allowance += (now - lastTick) / 1_000_000 * SAMPLES_PER_MS;
    allowance = Math.min(MOST_AT_ONCE, allowance);
    lastTick = now;
    next = Math.max(next, kept.start());
    allowance -= send(allowance, grouping.least);
    boolean more = !taken || kept.end() - next >= grouping.least;
    ticking = more && !stopped ? timers.after(TICK, this::tick) : null;
  }

  /// @param limit sends no message once so many samples were sent
  /// @param least of a message that nothing follows
  /// @return samples sent; not all of them were [#taken], if Deepgram does not read
  private long send(long limit, int least) {
    long done = 0;
    taken = true;
    while (done < limit && !stopped && next < kept.end()) {
      KeptAudio.Chunk chunk = chunk(next);
      if (kept.isSkippable(chunk, keptSilence)) {
        next = chunk.end();
        continue;
      }
      Message message = new Message(next);
      if (message.size() < least && message.end == kept.end()) {
        return done;
      }
      if (!socket.audio(next, message.bytes.toByteArray())) {
        taken = false;
        return done;
      }
      next = message.end;
      done += message.size();
      sent.audio(message.voiced, message.size());
    }
    return done;
  }

  private KeptAudio.Chunk chunk(long offset) {
    return Objects.requireNonNull(kept.at(offset));
  }

  /// As much as there is up to the next silence that is skipped, and as a message holds.
  private final class Message {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(grouping.most);
    private long end;
    private boolean voiced;

    Message(long start) {
      end = start;
      while (size() < grouping.most && end < kept.end()) {
        KeptAudio.Chunk chunk = chunk(end);
        if (size() > 0 && kept.isSkippable(chunk, keptSilence)) {
          return;
        }
        byte[] audio = chunk.from(end);
        int taken = Math.min(audio.length, grouping.most - size());
        bytes.write(audio, 0, taken);
        voiced |= chunk.voiced();
        end += taken;
      }
    }

    int size() {
      return bytes.size();
    }
  }
}
