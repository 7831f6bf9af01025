package voiceagent.sim.cartesia;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/// What Cartesia says of a request that it does not serve.
final class Refusal extends Exception {
  private final int status;
  private final @Nullable String code;
  private final String title;

  /// @param status HTTP status, also within the socket
  /// @param code of the structured form; null where Cartesia has no name for it
  Refusal(int status, @Nullable String code, String title, String message) {
    super(message);
    this.status = status;
    this.code = code;
    this.title = title;
  }

  static Refusal invalid(String message) {
    return new Refusal(400, null, "Invalid request", message);
  }

  static Refusal failed() {
    return new Refusal(500, null, "Internal error", "The generation failed.");
  }

  static Refusal limited(String message) {
    return new Refusal(429, "concurrency_limited", "Too many requests", message);
  }

  int status() {
    return status;
  }

  /// As the body of a refused handshake.
  String body(@Nullable ApiVersion version, String requestId) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    if (version != null && !version.structuredErrors()) {
      json.put("error", getMessage());
    } else {
      describe(json, requestId);
    }
    return json.toString();
  }

  /// As a message on the socket.
  ///
  /// @param context null if it concerns the connection
  String message(ApiVersion version, @Nullable String context, String requestId) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("type", "error");
    if (context != null) {
      json.put("context_id", context);
    }
    json.put("done", true).put("status_code", status);
    if (version.structuredErrors()) {
      describe(json, requestId);
      json.put("doc_url", "https://docs.cartesia.ai/errors");
    } else {
      json.put("error", getMessage());
    }
    return json.toString();
  }

  private void describe(ObjectNode json, String requestId) {
    json.put("error_code", code)
        .put("title", title)
        .put("message", getMessage())
        .put("request_id", requestId);
  }
}
