package voiceagent.kit.grpc;

import java.util.concurrent.atomic.AtomicInteger;
import voiceagent.kit.observe.Meters;

/// How many calls a stage serves, and how many it may. Any thread.
public final class Sessions {
  private final AtomicInteger live = new AtomicInteger();
  private final int limit;
  private volatile boolean draining;

  /// @param stage "stt", "brain" or "tts": the tag of its metrics
  /// @param limit `MAX_SESSIONS`
  public Sessions(String stage, int limit) {
    this.limit = limit;
    Meters.gauge(
        "voiceagent_stage_sessions", "Calls that the stage serves.", live::get, "stage", stage);
    Meters.gauge(
        "voiceagent_stage_sessions_limit",
        "Calls that the stage may serve.",
        () -> limit,
        "stage",
        stage);
  }

  /// Takes a place; [#release] gives it back.
  ///
  /// @return false if the stage is full or draining
  public boolean tryAcquire() {
    if (draining) {
      return false;
    }
    if (live.incrementAndGet() > limit) {
      live.decrementAndGet();
      return false;
    }
    return true;
  }

  /// Gives a place back; once for each that was taken.
  public void release() {
    live.decrementAndGet();
  }

  /// From now on every call is refused.
  public void drain() {
    draining = true;
  }

  /// Calls served now.
  public int live() {
    return live.get();
  }
}
