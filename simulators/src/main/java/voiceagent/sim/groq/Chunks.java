package voiceagent.sim.groq;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The JSON of one completion: its chunks, or the whole.
final class Chunks {
  /// A word with the space before it; long words in pieces, as tokenisers cut them.
  private static final Pattern TOKEN = Pattern.compile("\\s*\\S{1,7}|\\s+");

  private static final String FINGERPRINT = "fp_5imu1ated0";
  private static final int DEFAULT_LENGTH = 1024;

  private final ChatRequest request;
  private final String requestId;
  private final String id;
  private final long created;

  Chunks(ChatRequest request, String requestId) {
    this.request = request;
    this.requestId = requestId;
    id = "chatcmpl-" + requestId.substring("req_".length());
    created = System.currentTimeMillis() / 1000;
  }

  /// The first chunk: role, and the request's id and seed.
  String role(ModelReply reply) {
    ObjectNode delta = object().put("role", "assistant");
    switch (reply) {
      case ModelReply.Text _ -> delta.put("content", "");
      case ModelReply.ToolCall _ -> delta.set("content", NullNode.getInstance());
    }
    ObjectNode chunk = chunk(delta, null);
    chunk
        .putObject("x_groq")
        .put("id", requestId)
        .put("seed", request.json().path("seed").asLong(12345));
    return chunk.toString();
  }

  String content(String token) {
    return chunk(object().put("content", token), null).toString();
  }

  String reasoning(String text) {
    return chunk(object().put("reasoning", text), null).toString();
  }

  /// A tool's call in one chunk, or its arguments in several.
  List<String> call(ModelReply.ToolCall call, boolean split) {
    String callId = "fc_" + id.substring(id.length() - 6);
    List<String> pieces = new ArrayList<>();
    if (split) {
      Matcher matcher = Pattern.compile(".{1,5}", Pattern.DOTALL).matcher(call.arguments());
      while (matcher.find()) {
        pieces.add(matcher.group());
      }
    } else {
      pieces.add(call.arguments());
    }
    List<String> chunks = new ArrayList<>();
    for (String piece : pieces) {
      ObjectNode delta = object();
      ObjectNode item = delta.putArray("tool_calls").addObject().put("index", 0);
      ObjectNode function = object();
      if (chunks.isEmpty()) {
        item.put("id", callId).put("type", "function");
        function.put("name", call.name());
      }
      item.set("function", function.put("arguments", piece));
      chunks.add(chunk(delta, null).toString());
    }
    return chunks;
  }

  /// The last chunk: why it ended, and usage at both places.
  String last(ModelReply reply) {
    ObjectNode chunk = chunk(object(), finish(reply));
    ObjectNode usage = usage(reply);
    chunk.putObject("x_groq").put("id", requestId).set("usage", usage);
    chunk.set("usage", usage);
    return chunk.toString();
  }

  /// `x_groq.error`: the stream was stopped early.
  String stopped(String error) {
    ObjectNode chunk = chunk(object(), null);
    chunk.putObject("x_groq").put("id", requestId).put("error", error);
    return chunk.toString();
  }

  /// `error` as the whole of an event.
  String error(String code) {
    ObjectNode root = object();
    ObjectNode error = root.putObject("error");
    if (code.equals("tool_use_failed")) {
      error.put(
          "message",
          "Failed to call a function. Please adjust your prompt. See 'failed_generation' for more"
              + " details.");
      error.put("failed_generation", "<opening_hours>{\"day\": sunday");
    } else {
      error.put("message", "The stream failed.");
    }
    error.put("type", "invalid_request_error").put("code", code);
    return root.toString();
  }

  /// The answer to a request that does not stream.
  String whole(ModelReply reply) {
    ObjectNode root = head("chat.completion");
    ObjectNode choice = root.putArray("choices").addObject().put("index", 0);
    ObjectNode message = choice.putObject("message").put("role", "assistant");
    switch (reply) {
      case ModelReply.Text _ -> message.put("content", text(reply));
      case ModelReply.ToolCall(String name, String arguments) ->
          message
              .putArray("tool_calls")
              .addObject()
              .put("id", "fc_" + id.substring(id.length() - 6))
              .put("type", "function")
              .putObject("function")
              .put("name", name)
              .put("arguments", arguments);
    }
    choice.putNull("logprobs").put("finish_reason", finish(reply));
    root.set("usage", usage(reply));
    root.putObject("x_groq").put("id", requestId);
    return root.put("service_tier", "on_demand").toString();
  }

  /// The tokens of an answer, no more than the request allows.
  List<String> tokens(ModelReply reply) {
    List<String> tokens = all(reply);
    return tokens.subList(0, Math.min(tokens.size(), most()));
  }

  /// Whether the request asks not to see what the model thinks.
  boolean hidesReasoning() {
    return !request.json().path("include_reasoning").asBoolean(true)
        || request.json().path("reasoning_format").asText().equals("hidden")
        || request.json().path("reasoning_effort").asText().equals("none");
  }

  String text(ModelReply reply) {
    return String.join("", tokens(reply));
  }

  private String finish(ModelReply reply) {
    if (reply instanceof ModelReply.ToolCall) {
      return "tool_calls";
    }
    return all(reply).size() > most() ? "length" : "stop";
  }

  private int most() {
    return request
        .json()
        .path("max_completion_tokens")
        .asInt(request.json().path("max_tokens").asInt(DEFAULT_LENGTH));
  }

  private static List<String> all(ModelReply reply) {
    String text =
        switch (reply) {
          case ModelReply.Text(String words) -> words;
          case ModelReply.ToolCall(_, String arguments) -> arguments;
        };
    return TOKEN.matcher(text).results().map(r -> r.group()).toList();
  }

  private ObjectNode usage(ModelReply reply) {
    int prompt = request.promptTokens();
    int completion = tokens(reply).size();
    return object()
        .put("queue_time", 0.003)
        .put("prompt_tokens", prompt)
        .put("prompt_time", 0.004)
        .put("completion_tokens", completion)
        .put("completion_time", 0.012)
        .put("total_tokens", prompt + completion)
        .put("total_time", 0.016);
  }

  private ObjectNode chunk(ObjectNode delta, @org.jspecify.annotations.Nullable String finish) {
    ObjectNode chunk = head("chat.completion.chunk");
    ObjectNode choice = chunk.putArray("choices").addObject().put("index", 0);
    choice.set("delta", delta);
    choice.putNull("logprobs").put("finish_reason", finish);
    return chunk;
  }

  private ObjectNode head(String object) {
    return object()
        .put("id", id)
        .put("object", object)
        .put("created", created)
        .put("model", request.model())
        .put("system_fingerprint", FINGERPRINT);
  }

  private static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }
}
