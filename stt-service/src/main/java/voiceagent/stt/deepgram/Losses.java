package voiceagent.stt.deepgram;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/// Connections of a call lost or refused in a row, without a word from Deepgram between them, and
/// how long to wait before the next. One thread.
final class Losses {
  private static final int MOST = 3;
  private static final long LONGEST_NANOS = Duration.ofSeconds(4).toNanos();

  private static final long DEAF_NANOS = Duration.ofSeconds(10).toNanos();

  /// A connection that was open for so long and then broke did not fail to begin with.
  private static final long STABLE_NANOS = Duration.ofMillis(500).toNanos();

  private static final int FIRST_WAIT_MS = 50;
  private static final int NEXT_WAIT_MS = 800;

  private int inARow;
  private long since;
  private boolean deaf;
  private long deafSince;
  private long openedAt;
  private boolean open;

  /// A connection is open.
  void opened(long nanos) {
    open = true;
    openedAt = nanos;
  }

  /// A connection said something of the audio.
  void heard() {
    inARow = 0;
    deaf = false;
  }

  /// A connection was lost, or refused.
  ///
  /// @param mute it was open, and said nothing though it should
  /// @return how long to wait, so that calls that were lost together do not come back together;
  ///   empty if the third in a row was lost at its beginning or mute, or such have taken 4 s, or
  ///   the call has been deaf for 10 s
  Optional<Duration> lost(long nanos, boolean mute) {
    if (open && !mute && nanos - openedAt >= STABLE_NANOS) {
      inARow = 0;
    }
    open = false;
    if (inARow == 0) {
      since = nanos;
    }
    if (!deaf) {
      deaf = true;
      deafSince = nanos;
    }
    inARow++;
    if (inARow >= MOST || nanos - since > LONGEST_NANOS || nanos - deafSince > DEAF_NANOS) {
      return Optional.empty();
    }
    int most = inARow == 1 ? FIRST_WAIT_MS : NEXT_WAIT_MS;
    return Optional.of(Duration.ofMillis(most / 2 + ThreadLocalRandom.current().nextInt(most / 2)));
  }
}
