package voiceagent.sim.twilio;

import java.time.Duration;
import java.util.function.Predicate;

/// What is wrong with the line of one call. May change while the call goes on, from any thread.
public final class LineFaults {
  private volatile Duration audioDelay = Duration.ZERO;
  private volatile Duration echoDelay = Duration.ZERO;
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

  /// Marks of these names are never echoed.
  public LineFaults dropsMarks(Predicate<String> names) {
    dropped = names;
    return this;
  }

  Duration audioDelay() {
    return audioDelay;
  }

  Duration echoDelay() {
    return echoDelay;
  }

  boolean drops(String mark) {
    return dropped.test(mark);
  }
}
