package voiceagent.stt;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// Waiting with a deadline.
final class Await {
  private static final Duration DEADLINE = Duration.ofSeconds(20);

  private Await() {}

  static void until(String what, BooleanSupplier condition) {
    long begin = System.nanoTime();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - begin > DEADLINE.toNanos()) {
        throw new AssertionError(what + ": not within " + DEADLINE);
      }
      LockSupport.parkNanos(2_000_000);
    }
  }

  /// Fails if the condition ceases to hold within a time.
  static void holds(String what, Duration time, BooleanSupplier condition) {
    long begin = System.nanoTime();
    while (System.nanoTime() - begin < time.toNanos()) {
      if (!condition.getAsBoolean()) {
        throw new AssertionError(what + ": no longer");
      }
      LockSupport.parkNanos(5_000_000);
    }
  }
}
