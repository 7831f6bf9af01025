package voiceagent.stt.deepgram;

import io.helidon.metrics.api.Counter;
import io.helidon.metrics.api.Timer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import voiceagent.kit.audio.AudioFrame;
import voiceagent.kit.observe.Meters;

/// What is measured of Deepgram's connections. Any thread.
final class DeepgramMeters {
  private final Timer connect =
      Meters.timer(
          "voiceagent_provider_connect_seconds",
          "From the attempt to the open connection.",
          "provider",
          "deepgram");
  private final Counter audio =
      Meters.counter(
          "voiceagent_stt_audio_seconds_total",
          "Callers' audio sent to the provider; what is sent twice counts twice.");
  private final Counter unreadable =
      Meters.counter(
          "voiceagent_provider_unreadable_messages_total",
          "Messages of the provider's that could not be read.",
          "provider",
          "deepgram");
  private final AtomicLong samples = new AtomicLong();

  void connected(Duration time) {
    connect.record(time);
  }

  /// Audio was sent.
  void audio(int sent) {
    long before = samples.getAndAdd(sent);
    long seconds = (before + sent) / AudioFrame.RATE - before / AudioFrame.RATE;
    if (seconds > 0) {
      audio.increment(seconds);
    }
  }

  void unreadable() {
    unreadable.increment();
  }

  /// A connection is replaced.
  ///
  /// @param cause "lost", "mute", "refused" or "updated"
  void reconnect(String cause) {
    Meters.counter(
            "voiceagent_provider_reconnects_total",
            "Connections to the provider that were replaced, or tried again, under a live call.",
            "provider",
            "deepgram",
            "class",
            cause)
        .increment();
  }

  /// A call's recognition ended with an error.
  void failure(boolean permanent) {
    Meters.counter(
            "voiceagent_provider_failures_total",
            "Calls that the provider could not serve any more.",
            "provider",
            "deepgram",
            "class",
            permanent ? "permanent" : "transient")
        .increment();
  }
}
