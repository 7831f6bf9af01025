package voiceagent.brain.llm;

import io.helidon.metrics.api.Counter;
import io.helidon.metrics.api.Timer;
import java.time.Duration;
import voiceagent.kit.observe.Meters;

/// Figures of the requests to models.
public final class LlmMeters {
  private final Timer firstToken =
      Meters.timer("voiceagent_llm_first_token_seconds", "From asking a model to its first word.");
  private final Counter prompt = tokens("prompt");
  private final Counter completion = tokens("completion");
  private final Counter cached = tokens("cached");
  private final Counter wasted = tokens("wasted");

  public LlmMeters(TokenBudget budget) {
    Meters.gauge(
        "voiceagent_llm_call_minute_tokens",
        "Tokens that a call takes in a minute, by experience.",
        budget::perCallMinute);
  }

  void firstToken(long nanos) {
    firstToken.record(Duration.ofNanos(nanos));
  }

  void used(TokenUsage usage) {
    prompt.increment(usage.prompt());
    completion.increment(usage.completion());
    cached.increment(usage.cached());
  }

  /// Tokens of a speculative reply that nobody wanted (L21).
  public void wasted(long tokens) {
    wasted.increment(tokens);
  }

  /// @param outcome "ok", "cancelled" or a kind of failure
  void request(String model, String outcome) {
    Meters.counter(
            "voiceagent_llm_requests_total",
            "Requests to models, by how they ended.",
            "model",
            model,
            "outcome",
            outcome)
        .increment();
  }

  void fallback(String cause) {
    Meters.counter(
            "voiceagent_llm_fallbacks_total",
            "Times another model, or the same again, was asked for a reply.",
            "cause",
            cause)
        .increment();
  }

  private static Counter tokens(String kind) {
    return Meters.counter("voiceagent_llm_tokens_total", "Tokens, by kind.", "kind", kind);
  }
}
