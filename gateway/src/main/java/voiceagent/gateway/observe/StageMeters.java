package voiceagent.gateway.observe;

import java.util.Locale;
import voiceagent.kit.observe.Meters;

/// What is measured of the streams to the stages.
public final class StageMeters {
  /// A stream was replaced.
  ///
  /// @param stage what prints as "stt", "brain" or "tts"
  /// @param cause "lost", "silent", "failed", "permanent" or "draining"
  public void failover(Object stage, String cause) {
    Meters.counter(
            "voiceagent_stage_failovers_total",
            "Streams to a stage that were replaced under a live call.",
            "stage",
            stage.toString().toLowerCase(Locale.ROOT),
            "cause",
            cause)
        .increment();
  }
}
