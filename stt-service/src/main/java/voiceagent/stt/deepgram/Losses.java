package voiceagent.stt.deepgram;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/// Connections of a call lost or refused in a row, without one result between them, and how long to
/// wait before the next. One thread.
final class Losses {
  private static final int MOST = 3;
  private static final long LONGEST_NANOS = Duration.ofSeconds(4).toNanos();
  private static final int FIRST_WAIT_MS = 50;
  private static final int NEXT_WAIT_MS = 800;

  private int inARow;
  private long since;

  /// A connection gave a result.
  void result() {
    inARow = 0;
  }

  /// A connection was lost.
  ///
  /// @return how long to wait, so that calls that were lost together do not come back together;
  ///   empty if the third in a row was lost, or the call has been deaf for 4 s
  Optional<Duration> lost(long nanos) {
    if (inARow == 0) {
      since = nanos;
    }
    inARow++;
    if (inARow >= MOST || nanos - since > LONGEST_NANOS) {
      return Optional.empty();
    }
    int most = inARow == 1 ? FIRST_WAIT_MS : NEXT_WAIT_MS;
    return Optional.of(Duration.ofMillis(most / 2 + ThreadLocalRandom.current().nextInt(most / 2)));
  }
}
