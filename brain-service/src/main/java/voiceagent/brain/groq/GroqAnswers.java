package voiceagent.brain.groq;

import io.helidon.http.ClientResponseHeaders;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Headers;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import voiceagent.brain.llm.ModelFailure;
import voiceagent.brain.llm.ModelFailure.Kind;
import voiceagent.brain.llm.RateLimits;

/// What status and headers of an answer mean.
final class GroqAnswers {
  private static final int MAX_DETAIL = 300;
  private static final HeaderName REQUEST_ID = HeaderNames.create("x-request-id");
  private static final HeaderName RETRY_AFTER = HeaderNames.create("retry-after");
  private static final HeaderName REQUESTS_LEFT = limit("remaining-requests");
  private static final HeaderName REQUESTS_RESET = limit("reset-requests");
  private static final HeaderName TOKENS_LIMIT = limit("limit-tokens");
  private static final HeaderName TOKENS_LEFT = limit("remaining-tokens");
  private static final HeaderName TOKENS_RESET = limit("reset-tokens");

  private GroqAnswers() {}

  /// The provider's id of a request; empty without one.
  static String requestId(ClientResponseHeaders headers) {
    return headers.first(REQUEST_ID).orElse("");
  }

  /// Requests are counted by day, tokens by minute.
  static RateLimits limits(Headers headers) {
    return new RateLimits(
        number(headers, REQUESTS_LEFT),
        duration(headers, REQUESTS_RESET),
        number(headers, TOKENS_LIMIT),
        number(headers, TOKENS_LEFT),
        duration(headers, TOKENS_RESET));
  }

  /// A refusal.
  ///
  /// @param body JSON with `error`, or anything
  static ModelFailure refusal(int status, ClientResponseHeaders headers, String body) {
    GroqMessage.Broken error = GroqCodec.error(body);
    String detail = "status " + status + " " + error.code() + " " + error.message();
    return new ModelFailure(
        kind(status, error.code()),
        cut(detail),
        duration(headers, RETRY_AFTER),
        requestId(headers));
  }

  /// An answer that broke off.
  static ModelFailure broken(GroqMessage.Broken error, String requestId) {
    Kind kind =
        switch (error.code()) {
          case "rate_limit_exceeded" -> Kind.LIMITED;
          case "tool_use_failed" -> Kind.TOOL_FAILED;
          default -> Kind.BROKEN;
        };
    String detail = "error within the stream: " + error.code() + " " + error.message();
    return new ModelFailure(kind, cut(detail), Duration.ZERO, requestId);
  }

  private static Kind kind(int status, String code) {
    return switch (status) {
      case 400 ->
          switch (code) {
            case "model_decommissioned", "model_not_found" -> Kind.GONE;
            case "context_length_exceeded" -> Kind.TOO_LONG;
            case "tool_use_failed" -> Kind.TOOL_FAILED;
            case "json_validate_failed" -> Kind.BROKEN;
            default -> Kind.REJECTED;
          };
      case 401, 403 -> Kind.UNAUTHORIZED;
      case 404 -> code.equals("unknown_url") ? Kind.REJECTED : Kind.GONE;
      case 413 -> Kind.TOO_LONG;
      case 422 -> Kind.BROKEN;
      case 429, 498 -> Kind.LIMITED;
      case 408, 409 -> Kind.OVERLOADED;
      default -> status >= 500 ? Kind.OVERLOADED : Kind.REJECTED;
    };
  }

  private static String cut(String detail) {
    String line = detail.replaceAll("\\s+", " ").strip();
    return line.length() > MAX_DETAIL ? line.substring(0, MAX_DETAIL) : line;
  }

  private static HeaderName limit(String what) {
    return HeaderNames.create("x-ratelimit-" + what);
  }

  private static OptionalLong number(Headers headers, HeaderName name) {
    Optional<String> value = headers.first(name).map(String::strip);
    return value.filter(v -> v.matches("\\d{1,18}")).isPresent()
        ? OptionalLong.of(Long.parseLong(value.get()))
        : OptionalLong.empty();
  }

  private static Duration duration(Headers headers, HeaderName name) {
    return headers.first(name).flatMap(GoDuration::parse).orElse(Duration.ZERO);
  }
}
