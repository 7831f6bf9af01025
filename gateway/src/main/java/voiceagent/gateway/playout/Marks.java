package voiceagent.gateway.playout;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// The marks of one call that the carrier has not yet echoed. Not thread-safe: [Playout] guards it.
///
/// A later mark implies the earlier ones, so a lost echo costs precision and nothing else (L4, L7).
/// After a clear the carrier echoes all that is pending: those prove nothing (L3).
final class Marks {
  /// How much audio lies between two marks inside a clause, in samples: 200 ms.
  static final int EVERY_SAMPLES = 1600;

  /// Full: the oldest is forgotten; a later one implies it.
  private static final int MAX_PENDING = 1000;

  /// @param samples of the reply's audio that lie before the mark
  /// @param last nothing of the reply comes after it
  /// @param playedAtNanos when the carrier should play it, by our clock
  record Mark(String name, long reply, long samples, boolean last, long playedAtNanos) {}

  private final Deque<Mark> pending = new ArrayDeque<>();
  private List<String> fence = List.of();
  private long count;

  /// Notes a mark that is about to be sent.
  Mark sent(long reply, long samples, boolean last, long playedAtNanos) {
    Mark mark = new Mark("r" + reply + "." + ++count, reply, samples, last, playedAtNanos);
    if (pending.size() == MAX_PENDING) {
      pending.removeFirst();
    }
    pending.addLast(mark);
    return mark;
  }

  /// Forgets all that is pending.
  ///
  /// @return the names of the fence's marks, to be sent behind the clear; two, since either may be
  ///   lost (L4)
  List<String> cleared() {
    pending.clear();
    fence = List.of("fence." + ++count, "fence." + ++count);
    return fence;
  }

  /// Whether a mark of a fence has come back that was awaited; it is awaited no more.
  boolean isFence(String name) {
    if (fence.contains(name)) {
      fence = List.of();
      return true;
    }
    return false;
  }

  /// Takes an echoed mark out, and all before it.
  Optional<Mark> echoed(String name) {
    if (pending.stream().noneMatch(m -> m.name().equals(name))) {
      return Optional.empty();
    }
    Mark mark = pending.removeFirst();
    while (!mark.name().equals(name)) {
      mark = pending.removeFirst();
    }
    return Optional.of(mark);
  }

  /// Samples of a reply before the second of its marks that did not come back.
  OptionalLong second(long reply) {
    return pending.stream()
        .filter(m -> m.reply() == reply)
        .mapToLong(Mark::samples)
        .skip(1)
        .findFirst();
  }
}
