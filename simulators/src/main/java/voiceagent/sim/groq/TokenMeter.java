package voiceagent.sim.groq;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// The rate limits of the account: requests per day and tokens per minute, for each model by
/// itself, refilled steadily. Any thread.
final class TokenMeter {
  private static final double DAY_SECONDS = 86_400;
  private static final double MINUTE_SECONDS = 60;

  private final int requestsPerDay;
  private final int tokensPerMinute;
  private final Map<String, Used> used = new HashMap<>();

  private static final class Used {
    double requests;
    double tokens;
    long at;
  }

  TokenMeter(int requestsPerDay, int tokensPerMinute) {
    this.requestsPerDay = requestsPerDay;
    this.tokensPerMinute = tokensPerMinute;
  }

  /// Takes what a request needs.
  ///
  /// @return the refusal if that is too much
  synchronized Optional<GroqError> take(String model, int tokens, long now) {
    Used u = used(model, now);
    if (u.requests + 1 > requestsPerDay) {
      double wait = (u.requests + 1 - requestsPerDay) * DAY_SECONDS / requestsPerDay;
      return Optional.of(
          GroqError.limited(
              model,
              "requests",
              "requests per day (RPD)",
              requestsPerDay,
              (long) u.requests,
              1,
              wait));
    }
    if (u.tokens + tokens > tokensPerMinute) {
      double wait = (u.tokens + tokens - tokensPerMinute) * MINUTE_SECONDS / tokensPerMinute;
      return Optional.of(
          GroqError.limited(
              model,
              "tokens",
              "tokens per minute (TPM)",
              tokensPerMinute,
              (long) u.tokens,
              tokens,
              wait));
    }
    u.requests++;
    u.tokens += tokens;
    return Optional.empty();
  }

  /// The headers that every answer about a model carries.
  synchronized Map<String, String> headers(String model, long now) {
    Used u = used(model, now);
    return Map.of(
        "x-ratelimit-limit-requests",
        String.valueOf(requestsPerDay),
        "x-ratelimit-remaining-requests",
        String.valueOf((long) (requestsPerDay - u.requests)),
        "x-ratelimit-reset-requests",
        goDuration(u.requests * DAY_SECONDS / requestsPerDay),
        "x-ratelimit-limit-tokens",
        String.valueOf(tokensPerMinute),
        "x-ratelimit-remaining-tokens",
        String.valueOf((long) (tokensPerMinute - u.tokens)),
        "x-ratelimit-reset-tokens",
        goDuration(u.tokens * MINUTE_SECONDS / tokensPerMinute));
  }

  private Used used(String model, long now) {
    Used u = used.computeIfAbsent(model, _ -> new Used());
    double seconds = u.at == 0 ? 0 : (now - u.at) / 1e9;
    u.requests = Math.max(0, u.requests - seconds * requestsPerDay / DAY_SECONDS);
    u.tokens = Math.max(0, u.tokens - seconds * tokensPerMinute / MINUTE_SECONDS);
    u.at = now;
    return u;
  }

  /// `7.66s`, `2m59.56s`, `130ms`: as Go prints a duration.
  static String goDuration(double seconds) {
    if (seconds < 1) {
      return Math.round(seconds * 1000) + "ms";
    }
    long hours = (long) (seconds / 3600);
    long minutes = (long) (seconds / 60) % 60;
    String rest =
        String.format(Locale.ROOT, "%.2f", seconds % 60).replaceFirst("\\.?0+$", "") + "s";
    if (hours > 0) {
      return hours + "h" + minutes + "m" + rest;
    }
    return minutes > 0 ? minutes + "m" + rest : rest;
  }
}
