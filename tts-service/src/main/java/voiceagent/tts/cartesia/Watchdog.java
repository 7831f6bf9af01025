package voiceagent.tts.cartesia;

import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import voiceagent.kit.observe.CallScope;

/// Open is not alive: who owes audio has to give a sign of life in time. On its event loop.
final class Watchdog {
  private final String call;
  private final EventLoop loop;
  private final Duration patience;
  private final BooleanSupplier owes;
  private final Runnable overdue;
  private long lastSign = System.nanoTime();
  private boolean scheduled;

  /// @param owes whether a sign is to be expected now
  /// @param overdue run when none came in time; it may come again
  Watchdog(String call, EventLoop loop, Duration patience, BooleanSupplier owes, Runnable overdue) {
    this.call = call;
    this.loop = loop;
    this.patience = patience;
    this.owes = owes;
    this.overdue = overdue;
  }

  /// A sign of life, or a new reason to wait for one.
  void sign() {
    lastSign = System.nanoTime();
  }

  /// Goes on watching if anything is owed. One timer at most is scheduled, however many signs come.
  void watch() {
    if (!scheduled && owes.getAsBoolean()) {
      scheduled = true;
      long rest = patience.toNanos() - (System.nanoTime() - lastSign);
      var _ =
          loop.schedule(
              () -> CallScope.run(call, this::check), Math.max(0, rest), TimeUnit.NANOSECONDS);
    }
  }

  private void check() {
    scheduled = false;
    if (owes.getAsBoolean() && System.nanoTime() - lastSign >= patience.toNanos()) {
      sign();
      overdue.run();
    }
    watch();
  }
}
