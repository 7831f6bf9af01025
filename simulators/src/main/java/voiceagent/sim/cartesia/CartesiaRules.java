package voiceagent.sim.cartesia;

import java.time.Duration;

/// Cartesia's pace and limits. Presets are those of the provider or near them; tests may shorten
/// them. Any thread; a change counts from the next request on.
public final class CartesiaRules {
  /// What a cancel does to a context. Cartesia's own sources disagree.
  public enum CancelMode {
    /// The input that is being spoken is finished, the rest skipped, then `done` comes.
    FINISH_INPUT,
    /// Nothing more comes, not even `done`.
    STOP
  }

  volatile Duration firstAudio = Duration.ofMillis(90);
  volatile double timesRealTime = 4;
  volatile Duration expiry = Duration.ofSeconds(1);
  volatile Duration idle = Duration.ofMinutes(5);
  volatile int concurrency = 500;
  volatile CancelMode cancelMode = CancelMode.FINISH_INPUT;
  volatile boolean flushDoneUnasked = true;

  CartesiaRules() {}

  /// How soon and how fast audio is made.
  ///
  /// @param first from a request to its first audio; preset 90 ms
  /// @param speed times real time; preset 4
  public CartesiaRules pace(Duration first, double speed) {
    firstAudio = first;
    timesRealTime = speed;
    return this;
  }

  /// A context ends so long after its last audio was sent; preset 1 s.
  public CartesiaRules expiry(Duration after) {
    expiry = after;
    return this;
  }

  /// A socket is closed after so long without a request; preset 5 min. For sockets opened later.
  public CartesiaRules idle(Duration after) {
    idle = after;
    return this;
  }

  /// Contexts at once, over all sockets; ten times as many sockets. Preset 500: an enterprise
  /// plan's.
  public CartesiaRules concurrency(int contexts) {
    concurrency = contexts;
    return this;
  }

  /// Preset [CancelMode#FINISH_INPUT].
  public CartesiaRules cancelMode(CancelMode mode) {
    cancelMode = mode;
    return this;
  }

  /// Whether `flush_done` also comes for each input at `max_buffer_delay_ms` 0; preset true.
  public CartesiaRules flushDoneUnasked(boolean on) {
    flushDoneUnasked = on;
    return this;
  }
}
