package voiceagent.sim.groq;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/// A refusal as Groq words it.
///
/// @param code may be empty: not every error has one
/// @param retryAfterSeconds 0: no such header
record GroqError(int status, String message, String type, String code, long retryAfterSeconds) {
  static GroqError invalid(String message) {
    return new GroqError(400, message, "invalid_request_error", "", 0);
  }

  static GroqError badKey() {
    return new GroqError(401, "Invalid API Key", "invalid_request_error", "invalid_api_key", 0);
  }

  static GroqError noModel(String model) {
    return new GroqError(
        404,
        "The model `%s` does not exist or you do not have access to it.".formatted(model),
        "invalid_request_error",
        "model_not_found",
        0);
  }

  static GroqError noPath(String method, String path) {
    return new GroqError(
        404,
        "Unknown request URL: %s %s. Please check the URL for typos.".formatted(method, path),
        "invalid_request_error",
        "unknown_url",
        0);
  }

  static GroqError tooLarge(String model, int limit, int requested) {
    return new GroqError(
        413,
        ("Request too large for model `%s`: Limit %d, Requested %d. Please reduce the length of"
                + " the messages or completion.")
            .formatted(model, limit, requested),
        "invalid_request_error",
        "context_length_exceeded",
        0);
  }

  /// @param kind "tokens" or "requests"
  /// @param unit how the kind is counted, such as "tokens per minute (TPM)"
  static GroqError limited(
      String model, String kind, String unit, long limit, long used, long asked, double seconds) {
    return new GroqError(
        429,
        ("Rate limit reached for model `%s` in organization `org_simulated` service tier"
                + " `on_demand` on %s: Limit %d, Used %d, Requested %d. Please try again in %s.")
            .formatted(model, unit, limit, used, asked, TokenMeter.goDuration(seconds)),
        kind,
        "rate_limit_exceeded",
        (long) Math.ceil(seconds));
  }

  /// The error of a status that a test asked for.
  static GroqError ofStatus(int status, String model, long retryAfterSeconds) {
    return switch (status) {
      case 400 -> invalid("invalid request");
      case 401 -> badKey();
      case 403 ->
          new GroqError(
              403, "Your organization is not permitted.", "permissions_error", "forbidden", 0);
      case 404 -> noModel(model);
      case 413 -> tooLarge(model, 8000, 9000);
      case 422 -> new GroqError(422, "Unprocessable entity", "invalid_request_error", "", 0);
      case 429 ->
          limited(
              model,
              "tokens",
              "tokens per minute (TPM)",
              8000,
              7600,
              900,
              Math.max(1.0, (double) retryAfterSeconds));
      case 498 ->
          new GroqError(
              498, "Flex tier capacity exceeded.", "capacity_error", "capacity_exceeded", 0);
      case 503 ->
          new GroqError(503, "Service Unavailable", "service_unavailable", "over_capacity", 0);
      default -> new GroqError(status, "Internal Server Error", "internal_server_error", "", 0);
    };
  }

  String json() {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    ObjectNode error = root.putObject("error").put("message", message).put("type", type);
    if (!code.isEmpty()) {
      error.put("code", code);
    }
    return root.toString();
  }
}
