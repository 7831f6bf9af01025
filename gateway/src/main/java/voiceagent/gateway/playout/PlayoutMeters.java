package voiceagent.gateway.playout;

import io.helidon.metrics.api.Counter;
import io.helidon.metrics.api.DistributionSummary;
import io.helidon.metrics.api.Timer;
import java.time.Duration;
import voiceagent.kit.observe.Meters;

/// What is measured of playout, where it happens.
public final class PlayoutMeters {
  private final Timer lateness =
      Meters.timer(
          "voiceagent_pacer_lateness_seconds",
          "How late the pacer came to a slot of its schedule.");
  private final Timer roundTrip =
      Meters.timer(
          "voiceagent_mark_round_trip_seconds",
          "Echo of a mark, less the audio that lay before it at the carrier.");
  private final Counter lateAudio =
      Meters.counter(
          "voiceagent_underruns_total",
          "Times the carrier's buffer ran dry within a reply, by cause.",
          "cause",
          "late_audio");
  private final Counter lateSend =
      Meters.counter(
          "voiceagent_underruns_total",
          "Times the carrier's buffer ran dry within a reply, by cause.",
          "cause",
          "late_send");
  private final DistributionSummary depth =
      Meters.summary("voiceagent_playout_depth_frames", "Frames that wait when a frame is sent.");

  void late(long nanos) {
    lateness.record(Duration.ofNanos(Math.max(0, nanos)));
  }

  void roundTrip(long nanos) {
    roundTrip.record(Duration.ofNanos(Math.max(0, nanos)));
  }

  void depth(int frames) {
    depth.record(frames);
  }

  void underrun(boolean starved) {
    (starved ? lateAudio : lateSend).increment();
  }
}
