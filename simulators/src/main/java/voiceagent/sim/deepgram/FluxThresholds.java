package voiceagent.sim.deepgram;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.OptionalDouble;

/// When Flux says that a turn is over. Source: Deepgram docs, "Flux configuration".
///
/// @param eot confidence that ends a turn; 1 for none
/// @param eager confidence that makes a turn probably over; empty for no such events
/// @param timeoutMs silence after words that ends a turn whatever the confidence
record FluxThresholds(double eot, OptionalDouble eager, int timeoutMs) {
  static final FluxThresholds PRESET = new FluxThresholds(0.7, OptionalDouble.empty(), 5000);

  /// Silence by which the confidence has risen to 1.
  private static final int SURE_MS = 500;

  private static final double MOST = 0.99;

  /// What is wrong with them; empty if nothing is.
  String problem() {
    if (eot < 0.5 || eot > 1) {
      return "Invalid 'eot_threshold' value of '" + eot + "'.";
    }
    if (eager.isPresent() && (eager.getAsDouble() < 0.3 || eager.getAsDouble() > 0.9)) {
      return "Invalid 'eager_eot_threshold' value of '" + eager.getAsDouble() + "'.";
    }
    if (eager.isPresent() && eager.getAsDouble() > eot) {
      return "'eager_eot_threshold' must be less than or equal to 'eot_threshold'.";
    }
    if (timeoutMs < 500 || timeoutMs > 60_000) {
      return "Invalid 'eot_timeout_ms' value of '" + timeoutMs + "'.";
    }
    return "";
  }

  /// How sure it is that a turn is over after so much silence.
  static double confidence(long silentSamples) {
    return Math.clamp(silentSamples / 8.0 / SURE_MS, 0, MOST);
  }

  /// Samples of silence after which something is said of a turn's end.
  long firstPause() {
    double least = Math.min(eot, eager.orElse(1));
    return 8L * (least > MOST ? Math.min(1000, timeoutMs) : (long) Math.ceil(least * SURE_MS));
  }

  /// What a Configure changes; a field that is missing stays.
  FluxThresholds changed(JsonNode thresholds) {
    return new FluxThresholds(
        thresholds.path("eot_threshold").asDouble(eot),
        thresholds.has("eager_eot_threshold")
            ? OptionalDouble.of(thresholds.path("eager_eot_threshold").asDouble())
            : eager,
        thresholds.path("eot_timeout_ms").asInt(timeoutMs));
  }

  void write(ObjectNode json) {
    json.put("eot_threshold", eot);
    eager.ifPresent(e -> json.put("eager_eot_threshold", e));
    json.put("eot_timeout_ms", timeoutMs);
  }
}
