package voiceagent.sim.deepgram;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/// Which faults are switched on; what each does, [DeepgramSimulator] says. And how large the
/// messages of audio were. Any thread.
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
  volatile Duration answerDelay = Duration.ZERO;
  final AtomicInteger stalls = new AtomicInteger();
  volatile boolean lacksForceEndTurn;
  volatile boolean ignoresConfigure;
  final Map<Integer, LongAdder> sizes = new ConcurrentHashMap<>();
  private final Queue<Long> cuts = new ConcurrentLinkedQueue<>();

  /// Takes one of those that were ordered.
  static boolean take(AtomicInteger ordered) {
    return ordered.getAndUpdate(n -> Math.max(0, n - 1)) > 0;
  }

  /// A message with so many bytes of audio came.
  void heardMessage(int bytes) {
    sizes.computeIfAbsent(bytes, _ -> new LongAdder()).increment();
  }

  /// The next connections are cut, each when it has heard so many samples.
  void cut(List<Long> samples) {
    cuts.clear();
    cuts.addAll(samples);
  }

  /// When a connection that begins now is cut.
  long nextCut() {
    Long next = cuts.poll();
    return next == null ? NEVER : next;
  }

  /// Whether a connection that has heard so many samples is to be cut; once.
  boolean cutsAt(long samples) {
    long at = cutAt.get();
    return samples >= at && cutAt.compareAndSet(at, NEVER);
  }
}
