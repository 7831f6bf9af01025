package voiceagent.stt.deepgram;

import java.time.Duration;
import java.util.OptionalDouble;
import voiceagent.kit.config.Settings;

/// When Flux ends a turn. Source: Deepgram docs, "Flux configuration".
///
/// @param endThreshold `DEEPGRAM_EOT_THRESHOLD`: confidence that ends a turn
/// @param eagerThreshold `DEEPGRAM_EAGER_EOT_THRESHOLD`: confidence by which a turn is probably
///   over; empty: that is not told
/// @param timeout `DEEPGRAM_EOT_TIMEOUT_MS`: silence that ends a turn whatever the confidence
record FluxConfig(double endThreshold, OptionalDouble eagerThreshold, Duration timeout) {
  static FluxConfig from(Settings settings) {
    double end = settings.decimal("DEEPGRAM_EOT_THRESHOLD", 0.5, 1);
    OptionalDouble eager =
        settings.optional("DEEPGRAM_EAGER_EOT_THRESHOLD").isPresent()
            ? OptionalDouble.of(settings.decimal("DEEPGRAM_EAGER_EOT_THRESHOLD", 0.3, 0.9))
            : OptionalDouble.empty();
    if (eager.isPresent() && eager.getAsDouble() > end) {
      settings.problem(
          "DEEPGRAM_EAGER_EOT_THRESHOLD is "
              + eager.getAsDouble()
              + ", expected DEEPGRAM_EOT_THRESHOLD at most, which is "
              + end);
    }
    return new FluxConfig(end, eager, settings.millis("DEEPGRAM_EOT_TIMEOUT_MS", 500, 60_000));
  }
}
