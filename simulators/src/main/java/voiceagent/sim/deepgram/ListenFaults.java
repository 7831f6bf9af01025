package voiceagent.sim.deepgram;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// Which faults are switched on; what each does, [DeepgramSimulator] says. Any thread.
final class ListenFaults {
  private static final long NEVER = Long.MAX_VALUE;

  final AtomicInteger refusals = new AtomicInteger();
  final AtomicInteger muted = new AtomicInteger();
  final AtomicLong cutAt = new AtomicLong(NEVER);
  final AtomicInteger closed = new AtomicInteger();
  volatile int refusalStatus;
  volatile int closeCode;
  volatile boolean withholdSpeechFinal;
  volatile boolean overlapFinals;
  volatile boolean answerEmptyFinalize;

  /// Takes one of those that were ordered.
  static boolean take(AtomicInteger ordered) {
    return ordered.getAndUpdate(n -> Math.max(0, n - 1)) > 0;
  }

  /// Whether a connection that has heard so many samples is to be cut; once.
  boolean cutsAt(long samples) {
    long at = cutAt.get();
    return samples >= at && cutAt.compareAndSet(at, NEVER);
  }
}
