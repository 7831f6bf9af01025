package voiceagent.tts.synthesize;

import io.helidon.metrics.api.Counter;
import io.helidon.metrics.api.Timer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import voiceagent.kit.observe.Meters;

/// What speaking costs and how it fares. Any thread.
public final class SynthesisMeters {
  private static final double RATE = 8000;

  private final LongAdder samples = new LongAdder();
  private final AtomicInteger contexts = new AtomicInteger();
  private final Counter characters =
      Meters.counter("voiceagent_tts_characters", "Characters sent to the provider.");
  private final Timer firstAudio =
      Meters.timer(
          "voiceagent_tts_first_audio_seconds",
          "From a reply's first clause in to its first audio out.");
  private final Timer stage =
      Meters.timer(
          "voiceagent_tts_first_audio_stage_seconds",
          "The part of the time to first audio that is not the provider's.");

  public SynthesisMeters() {
    Meters.gauge(
        "voiceagent_tts_audio_seconds",
        "Seconds of audio sent to gateways since the start.",
        () -> samples.sum() / RATE);
    Meters.gauge(
        "voiceagent_tts_contexts",
        "Contexts open at the provider, as far as this service knows.",
        contexts::get);
  }

  public void characters(int count) {
    characters.increment(count);
  }

  public void audio(int sampleCount) {
    samples.add(sampleCount);
  }

  public void firstAudio(Duration all, Duration ours) {
    firstAudio.record(all);
    stage.record(ours);
  }

  public void contextOpened() {
    contexts.incrementAndGet();
  }

  public void contextEnded() {
    contexts.decrementAndGet();
  }

  /// @param cause "idle", "lost", "mute" or "refused"
  public void reconnect(String cause) {
    Meters.counter(
            "voiceagent_tts_reconnects", "Provider sockets that were replaced.", "cause", cause)
        .increment();
  }

  /// @param cause "failed" within a reply, "down" before it
  public void fallback(String cause) {
    Meters.counter(
            "voiceagent_tts_fallbacks", "Replies that the other voice spoke.", "cause", cause)
        .increment();
  }

  /// @param failureClass "transient" or "permanent"
  public void failure(String failureClass) {
    Meters.counter(
            "voiceagent_tts_failures", "Replies or sessions that failed.", "class", failureClass)
        .increment();
  }
}
