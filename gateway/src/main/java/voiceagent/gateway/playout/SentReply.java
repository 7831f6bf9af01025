package voiceagent.gateway.playout;

import java.util.ArrayDeque;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/// How one reply was sent, and so when each sample of it would be played if it reached the caller
/// without delay. [Hearing] guards it.
final class SentReply {
  /// Full: the oldest stretch is forgotten; it was played long ago.
  private static final int MAX_STRETCHES = 64;

  /// Audio that is played without a gap.
  private record Stretch(long startNanos, long startSamples) {}

  final long id;

  /// Samples that were proven to be heard.
  long proven;

  /// What ended it; null while it goes on.
  @Nullable Cut cut;

  private final ArrayDeque<Stretch> stretches = new ArrayDeque<>();
  private long endNanos;
  private long samples;

  SentReply(long id) {
    this.id = id;
  }

  /// Samples sent so far.
  long samples() {
    return samples;
  }

  /// A frame was sent.
  ///
  /// @param startNanos when it would be played: now, or behind all that was sent before
  void frame(long startNanos, int length) {
    if (stretches.isEmpty() || startNanos != endNanos) {
      stretches.add(new Stretch(startNanos, samples));
      if (stretches.size() > MAX_STRETCHES) {
        stretches.remove();
      }
    }
    samples += length;
    endNanos = startNanos + length * Playout.NANOS_PER_SAMPLE;
  }

  /// How much would have been played at an instant.
  long playedAt(long nanos) {
    long limit = samples;
    for (Iterator<Stretch> newest = stretches.descendingIterator(); newest.hasNext(); ) {
      Stretch stretch = newest.next();
      if (stretch.startNanos() <= nanos) {
        long played = (nanos - stretch.startNanos()) / Playout.NANOS_PER_SAMPLE;
        return Math.min(limit, stretch.startSamples() + played);
      }
      limit = stretch.startSamples();
    }
    return limit;
  }

  /// A clear that ended replies. Its fence is echoed as soon as the carrier has carried it out, so
  /// that time between the echo of a reply's last mark and the fence's is the time that the reply
  /// was still heard, whatever the way to the carrier and back takes.
  static final class Cut {
    final long at;

    /// Echo of a mark, less the audio before it, as known at the clear; [Hearing#UNKNOWN] if no
    /// mark came back in this call.
    final long roundTrip;

    /// When the fence came back; [Hearing#UNKNOWN] before.
    long fencedAt = Hearing.UNKNOWN;

    Cut(long at, long roundTrip) {
      this.at = at;
      this.roundTrip = roundTrip;
    }
  }
}
