package voiceagent.gateway.playout;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/// Sends the frames of all calls, by one schedule on one thread.
///
/// The schedule has a slot each millisecond; a call has one of twenty, so that calls spread over
/// the 20 ms of a frame. Slots are absolute instants: after a stall the pacer catches up, it never
/// shifts the schedule (L28). What it calls never blocks, so a slow socket costs its own call only.
public final class Pacer implements AutoCloseable {
  private static final int SLOTS = 20;
  private static final long SLOT_NANOS = Duration.ofMillis(1).toNanos();

  private final Duration lead;
  private final PlayoutMeters meters;
  private final List<CopyOnWriteArrayList<Playout>> slots =
      IntStream.range(0, SLOTS).mapToObj(_ -> new CopyOnWriteArrayList<Playout>()).toList();
  private final Thread thread;
  private volatile boolean running = true;

  /// @param lead how far ahead of real time the carrier is kept
  public Pacer(Duration lead, PlayoutMeters meters) {
    this.lead = lead;
    this.meters = meters;
    thread = Thread.ofPlatform().name("pacer").daemon().start(this::run);
  }

  /// Takes a call into the least used slot.
  public synchronized Playout open(Carrier carrier) {
    Playout playout = new Playout(carrier, lead, System::nanoTime, meters);
    slots.stream().min((a, b) -> Integer.compare(a.size(), b.size())).orElseThrow().add(playout);
    LockSupport.unpark(thread);
    return playout;
  }

  /// Sends nothing more for a call. Harmless when repeated.
  public synchronized void close(Playout playout) {
    slots.forEach(s -> s.remove(playout));
  }

  @Override
  public void close() {
    running = false;
    LockSupport.unpark(thread);
  }

  private void run() {
    long slot = System.nanoTime() / SLOT_NANOS;
    while (running) {
      List<Playout> calls = slots.get((int) (slot % SLOTS));
      if (!calls.isEmpty()) {
        long nominal = slot * SLOT_NANOS;
        parkUntil(nominal);
        meters.late(System.nanoTime() - nominal);
        calls.forEach(c -> c.pump(nominal));
      } else if (slots.stream().allMatch(List::isEmpty)) {
        LockSupport.parkNanos(this, Duration.ofSeconds(1).toNanos());
        slot = System.nanoTime() / SLOT_NANOS;
        continue;
      }
      slot++;
    }
  }

  private void parkUntil(long nominal) {
    for (long wait = nominal - System.nanoTime();
        wait > 0 && running;
        wait = nominal - System.nanoTime()) {
      LockSupport.parkNanos(this, wait);
    }
  }
}
