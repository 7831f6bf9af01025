package voiceagent.sim.twilio;

import java.time.Duration;
import java.util.function.Predicate;
import voiceagent.kit.audio.AudioFrame;

/// What is wrong with the line of one call. May change while the call goes on, from any thread.
public final class LineFaults {
  private volatile Duration audioDelay = Duration.ZERO;
  private volatile Duration echoDelay = Duration.ZERO;
  private volatile Duration buffer = Duration.ZERO;
  private volatile Echo echo = Echo.none();
  private volatile Predicate<String> dropped = _ -> false;

  /// What the gateway sends arrives this much later, in order.
  public LineFaults delaysAudio(Duration delay) {
    audioDelay = delay;
    return this;
  }

  /// Marks come back this much later than they are reached, in order.
  public LineFaults delaysEchoes(Duration delay) {
    echoDelay = delay;
    return this;
  }

  /// The carrier holds audio that comes after silence for so long before it plays it, as behind a
  /// jitter buffer; a clear takes effect at once.
  public LineFaults buffers(Duration length) {
    buffer = length;
    return this;
  }

  /// Marks of these names are never echoed.
  public LineFaults dropsMarks(Predicate<String> names) {
    dropped = names;
    return this;
  }

  /// The caller's microphone hears the agent, as a speakerphone's does.
  ///
  /// @param decibels below what was played, such as -20
  /// @param delay 20 ms to 1980 ms
  public LineFaults echoesAgent(double decibels, Duration delay) {
    long samples = delay.toMillis() * 8;
    if (samples < AudioFrame.SAMPLES || samples > EchoPath.MAX_DELAY) {
      throw new IllegalArgumentException(
          "the echo's delay is " + delay.toMillis() + " ms, expected 20 to 1980");
    }
    echo = new Echo(Math.min(1, Math.pow(10, decibels / 20)), (int) samples);
    return this;
  }

  /// @param gain 0 if there is none
  /// @param delay in samples
  record Echo(double gain, int delay) {
    static Echo none() {
      return new Echo(0, AudioFrame.SAMPLES);
    }
  }

  Echo echo() {
    return echo;
  }

  Duration audioDelay() {
    return audioDelay;
  }

  Duration echoDelay() {
    return echoDelay;
  }

  Duration buffer() {
    return buffer;
  }

  boolean drops(String mark) {
    return dropped.test(mark);
  }
}
