package voiceagent.sim.twilio;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/// Tells all media streams when their next frame is due: each 20 ms, in one of twenty slots of 1
/// ms, whose instants are absolute.
///
/// A thread of its own that wakes the event loop once a slot. Netty's loop is no clock for that: it
/// spins through the last millisecond before each of its own timers, which took 6 ms of processor
/// time for a second of each of 100 calls, six times as much as all else.
final class FrameClock implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(FrameClock.class.getName());
  static final long SLOT_NANOS = Duration.ofMillis(1).toNanos();
  private static final int SLOTS = 20;

  private final Executor loop;
  private final List<Slot> slots = IntStream.range(0, SLOTS).mapToObj(_ -> new Slot()).toList();
  private final Thread thread;
  private volatile boolean running = true;

  /// The streams of one slot; at most one tick of it waits for the loop.
  private static final class Slot {
    private final List<Runnable> ticks = new CopyOnWriteArrayList<>();
    private final AtomicBoolean posted = new AtomicBoolean();

    void run() {
      posted.set(false);
      List<Runnable> failed = ticks.stream().filter(t -> !runs(t)).toList();
      if (!failed.isEmpty()) {
        ticks.removeAll(failed);
      }
    }

    private static boolean runs(Runnable tick) {
      try {
        tick.run();
        return true;
      } catch (RuntimeException e) {
        LOG.log(System.Logger.Level.ERROR, "a simulated stream failed and stands still", e);
        return false;
      }
    }
  }

  /// @param loop runs the ticks
  FrameClock(Executor loop) {
    this.loop = loop;
    thread = Thread.ofPlatform().name("twilio-frames").daemon().start(this::run);
  }

  /// Ticks each 20 ms from an instant on. Any thread.
  ///
  /// @param slot a whole millisecond of `System.nanoTime`, in which it ticks too
  /// @param tick must not block; may come late, and then once for several
  void add(long slot, Runnable tick) {
    slot(Math.floorDiv(slot, SLOT_NANOS)).ticks.add(tick);
    LockSupport.unpark(thread);
  }

  /// No more ticks. Harmless when repeated.
  void remove(Runnable tick) {
    slots.forEach(s -> s.ticks.remove(tick));
  }

  @Override
  public void close() {
    running = false;
    LockSupport.unpark(thread);
  }

  private void run() {
    long millis = Math.floorDiv(System.nanoTime(), SLOT_NANOS);
    while (running) {
      Slot slot = slot(millis);
      if (!slot.ticks.isEmpty()) {
        parkUntil(millis * SLOT_NANOS);
        if (slot.posted.compareAndSet(false, true)) {
          loop.execute(slot::run);
        }
      } else if (slots.stream().allMatch(s -> s.ticks.isEmpty())) {
        LockSupport.parkNanos(this, Duration.ofSeconds(1).toNanos());
        millis = Math.floorDiv(System.nanoTime(), SLOT_NANOS);
        continue;
      }
      millis++;
    }
  }

  private void parkUntil(long nanos) {
    for (long wait = nanos - System.nanoTime();
        wait > 0 && running;
        wait = nanos - System.nanoTime()) {
      LockSupport.parkNanos(this, wait);
    }
  }

  private Slot slot(long millis) {
    return slots.get((int) Math.floorMod(millis, (long) SLOTS));
  }
}
