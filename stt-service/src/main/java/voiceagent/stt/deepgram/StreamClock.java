package voiceagent.stt.deepgram;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;

/// Turns times of one connection, which count the audio sent on it from 0, into offsets of the
/// call. They differ: a connection begins in mid-call, silence is skipped when it catches up, and
/// silence of ours may keep it alive. One thread.
final class StreamClock {
  private static final double RATE = 8000;

  /// Stretches kept; each is a skip or a filler, and only those since the last final matter.
  private static final int MOST = 256;

  /// From this position on the connection, the audio is the call's from this offset on.
  private record Stretch(long position, long offset) {}

  private final Deque<Stretch> stretches = new ArrayDeque<>();
  private long position;

  /// @param origin offset of the call where the connection begins
  StreamClock(long origin) {
    stretches.addLast(new Stretch(0, origin));
  }

  /// Audio of the call was sent.
  void sent(long offset, int samples) {
    Stretch last = stretches.getLast();
    if (offset - last.offset() != position - last.position()) {
      stretches.addLast(new Stretch(position, offset));
      if (stretches.size() > MOST) {
        stretches.removeFirst();
      }
    }
    position += samples;
  }

  /// Audio that is none of the call's was sent.
  void filled(int samples) {
    position += samples;
  }

  /// Samples sent.
  long position() {
    return position;
  }

  /// @param seconds since the connection's audio began
  /// @return samples since the call's `start`
  long offset(double seconds) {
    long at = Math.round(seconds * RATE);
    long limit = Long.MAX_VALUE;
    Iterator<Stretch> latestFirst = stretches.descendingIterator();
    while (latestFirst.hasNext()) {
      Stretch stretch = latestFirst.next();
      if (stretch.position() <= at || !latestFirst.hasNext()) {
        return Math.min(limit, stretch.offset() + Math.max(0, at - stretch.position()));
      }
      limit = stretch.offset();
    }
    throw new IllegalStateException("a clock has one stretch at least");
  }
}
