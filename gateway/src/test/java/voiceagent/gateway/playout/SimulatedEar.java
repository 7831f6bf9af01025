package voiceagent.gateway.playout;

import java.time.Duration;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Predicate;
import voiceagent.kit.audio.AudioFrame;
import voiceagent.kit.time.ManualTimers;
import voiceagent.sim.twilio.Playback;

/// The simulated carrier's playback behind a network and a buffer, by a clock that is moved by
/// hand: what it plays is the truth of what was heard.
final class SimulatedEar implements Carrier {
  /// @param up from the gateway to the carrier, and `down` back, in ms
  /// @param jitter what each message may take longer, in ms
  /// @param buffer that the carrier fills before it plays, in ms
  record Line(int up, int down, int jitter, int buffer) {}

  private static final long NANOS_PER_SAMPLE = 125_000;

  private final ManualTimers clock;
  private final Line line;
  private final Random random;
  private final Consumer<String> echoes;
  private final Playback playback;
  private Predicate<String> lost = _ -> false;
  private long lastUp;
  private long lastDown;
  private long played;
  private int marks;

  SimulatedEar(ManualTimers clock, Line line, Random random, Consumer<String> echoes) {
    this.clock = clock;
    this.line = line;
    this.random = random;
    this.echoes = echoes;
    playback =
        new Playback(
            0,
            new Playback.Ear() {
              @Override
              public void played(long from, byte[] mulaw, int offset, int length) {
                played += length;
              }

              @Override
              public void reached(long at, String mark, boolean wasPlayed) {
                echo(mark);
              }
            });
    playback.buffer(line.buffer() * 8L);
  }

  /// Marks that are never echoed.
  void loses(Predicate<String> marks) {
    lost = marks;
  }

  /// Samples played so far, of all replies.
  long played() {
    advance();
    return played;
  }

  /// Marks that were sent.
  int marks() {
    return marks;
  }

  void advance() {
    playback.advance(now());
  }

  private long now() {
    return clock.nanos() / NANOS_PER_SAMPLE;
  }

  private void echo(String mark) {
    if (!lost.test(mark)) {
      lastDown = Math.max(lastDown, clock.nanos() + nanos(line.down()));
      later(lastDown, () -> echoes.accept(mark));
    }
  }

  private boolean arrives(Runnable message) {
    lastUp = Math.max(lastUp, clock.nanos() + nanos(line.up()));
    later(lastUp, message);
    return true;
  }

  private long nanos(int millis) {
    int late = line.jitter() == 0 ? 0 : random.nextInt(line.jitter());
    return (millis + late) * 1_000_000L;
  }

  private void later(long at, Runnable message) {
    var _ = clock.after(Duration.ofNanos(at - clock.nanos()), message);
  }

  @Override
  public boolean media(AudioFrame frame) {
    return arrives(() -> playback.media(now(), frame));
  }

  @Override
  public boolean mark(String name) {
    marks++;
    return arrives(() -> playback.mark(now(), name));
  }

  @Override
  public boolean clear() {
    return arrives(() -> playback.clear(now()));
  }

  @Override
  public void flush() {}

  @Override
  public void close(String reason) {}
}
