package voiceagent.kit.time;

import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// A clock and what happens later by it. Production runs on the machine's clock, a test moves its
/// own by hand ([ManualTimers]).
public interface Timers extends AutoCloseable {
  /// Nanoseconds since some point; only differences mean anything. Never falls.
  long nanos();

  /// Runs a task once, after a delay, on the timers' thread: the task must not block.
  Timer after(Duration delay, Runnable task);

  @Override
  void close();

  /// A task that may still be called off.
  interface Timer {
    /// After it the task does not begin; harmless when it ran already.
    void cancel();
  }

  /// On the machine's monotonic clock, with one daemon thread.
  static Timers system(String name) {
    return new SystemTimers(name);
  }

  /// See [#system].
  final class SystemTimers implements Timers {
    private final ScheduledThreadPoolExecutor executor;

    private SystemTimers(String name) {
      executor =
          new ScheduledThreadPoolExecutor(
              1, Thread.ofPlatform().name("timers-" + name).daemon().factory());
      executor.setRemoveOnCancelPolicy(true);
      executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    @Override
    public long nanos() {
      return System.nanoTime();
    }

    @Override
    public Timer after(Duration delay, Runnable task) {
      ScheduledFuture<?> future =
          executor.schedule(guarded(task), delay.toNanos(), TimeUnit.NANOSECONDS);
      return () -> future.cancel(false);
    }

    @Override
    public void close() {
      executor.shutdownNow();
    }

    private static Runnable guarded(Runnable task) {
      return () -> {
        try {
          task.run();
        } catch (RuntimeException e) {
          System.getLogger(Timers.class.getName())
              .log(System.Logger.Level.ERROR, "a timer's task failed", e);
        }
      };
    }
  }
}
