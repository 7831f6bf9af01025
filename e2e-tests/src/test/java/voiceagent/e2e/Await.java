package voiceagent.e2e;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// Waiting with a deadline.
final class Await {
  private static final Duration EVERY = Duration.ofMillis(10);

  private Await() {}

  /// @param what for the message: "waited 5 s for WHAT"
  static void until(String what, Duration deadline, BooleanSupplier condition) {
    long end = System.nanoTime() + deadline.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("waited " + deadline.toMillis() + " ms for " + what);
      }
      LockSupport.parkNanos(EVERY.toNanos());
    }
  }
}
