package voiceagent.gateway.observe;

import io.helidon.metrics.api.Counter;
import io.helidon.metrics.api.Timer;
import java.time.Duration;
import java.util.function.IntSupplier;
import voiceagent.kit.observe.Meters;

/// What is measured of calls and turns.
public final class CallMeters {
  private final Counter total =
      Meters.counter("voiceagent_calls_total", "Calls whose media stream has begun.");
  private final Counter bargeIns =
      Meters.counter(
          "voiceagent_barge_ins_total", "Times words over the agent stopped it.", "true", "true");
  private final Counter noBargeIns =
      Meters.counter(
          "voiceagent_barge_ins_total",
          "Times words over the agent were too few to stop it.",
          "true",
          "false");
  private final Timer gap =
      Meters.timer(
          "voiceagent_turn_gap_seconds",
          "End of the caller's turn to the first frame of the answer.");
  private final Timer own =
      Meters.timer(
          "voiceagent_turn_own_seconds",
          "The part of the turn gap that is spent in our four services.");
  private final Timer stt = stage("stt");
  private final Timer brain = stage("brain");
  private final Timer tts = stage("tts");
  private final Counter lostAudio =
      Meters.counter(
          "voiceagent_caller_audio_lost_frames", "Caller's frames lost in a full queue.");
  private final Timer callTime =
      Meters.timer("voiceagent_call_duration_seconds", "Length of calls.");

  /// Shows how many calls are live.
  public void active(IntSupplier calls) {
    Meters.gauge("voiceagent_calls_active", "Calls now.", calls::getAsInt);
  }

  /// A call was refused.
  public void refused(String reason) {
    Meters.counter("voiceagent_calls_refused_total", "Calls that were not taken.", "reason", reason)
        .increment();
  }

  /// A call's stream has begun.
  public void started() {
    total.increment();
  }

  /// A call is over.
  ///
  /// @param reason one word
  public void ended(String reason, Duration length) {
    callTime.record(length);
    Meters.counter("voiceagent_calls_ended_total", "Calls by how they ended.", "reason", reason)
        .increment();
  }

  /// Words were spoken over the agent.
  public void bargeIn(boolean stopped) {
    (stopped ? bargeIns : noBargeIns).increment();
  }

  /// The caller waited in silence.
  ///
  /// @param cause "answer": none has begun; "reply": it has begun and does not go on
  public void deadAir(String cause, Duration length) {
    Meters.timer("voiceagent_dead_air_seconds", "Silence while the caller waits.", "cause", cause)
        .record(length);
  }

  /// A caller's frame was lost.
  public void lostAudio() {
    lostAudio.increment();
  }

  /// A turn was answered.
  public void turn(TurnTimeline.Figures figures) {
    gap.record(figures.gap());
    own.record(figures.own());
    stt.record(figures.stt());
    brain.record(figures.brain());
    tts.record(figures.tts());
  }

  private static Timer stage(String stage) {
    return Meters.timer(
        "voiceagent_turn_stage_seconds",
        "A stage's part of the turn gap, its provider's time included.",
        "stage",
        stage);
  }
}
