package voiceagent.kit.time;

import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;

/// Timers that move only when told: for tests, in whatever module. One thread at a time.
public final class ManualTimers implements Timers {
  private final PriorityQueue<Entry> due =
      new PriorityQueue<>(Comparator.comparingLong(Entry::at).thenComparingLong(Entry::order));
  private long now;
  private long order;

  private record Entry(long at, long order, Runnable task) {}

  @Override
  public long nanos() {
    return now;
  }

  @Override
  public Timer after(Duration delay, Runnable task) {
    Entry entry = new Entry(now + delay.toNanos(), order++, task);
    due.add(entry);
    return () -> due.remove(entry);
  }

  /// Moves the clock on and runs what falls due, in order, each task at its own time.
  public void advance(Duration time) {
    long end = now + time.toNanos();
    while (!due.isEmpty() && due.peek().at() <= end) {
      Entry entry = due.remove();
      now = Math.max(now, entry.at());
      entry.task().run();
    }
    now = end;
  }

  /// How many tasks wait.
  public int waiting() {
    return due.size();
  }

  @Override
  public void close() {
    due.clear();
  }
}
