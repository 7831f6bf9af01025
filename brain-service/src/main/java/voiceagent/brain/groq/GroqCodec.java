package voiceagent.brain.groq;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import voiceagent.brain.llm.ChatMessage;
import voiceagent.brain.llm.LanguageModel;
import voiceagent.brain.llm.ModelRequest;
import voiceagent.brain.llm.TokenUsage;
import voiceagent.brain.llm.ToolCall;
import voiceagent.brain.llm.ToolOffer;

/// JSON of chat completions. What it leaves out is left out on purpose: no empty `tools`, no
/// parameter that a model does not take.
final class GroqCodec {
  private static final ObjectMapper JSON = new ObjectMapper();

  /// What is spoken in a minute and a half; enough for any answer on the phone.
  private static final int MAX_TOKENS = 400;

  /// Models that think spend of the same budget.
  private static final int MAX_TOKENS_WITH_REASONING = 1200;

  private static final double TEMPERATURE = 0.4;

  private GroqCodec() {}

  /// The body of a request for a streamed answer.
  static byte[] request(String model, ModelRequest request) {
    ObjectNode body = JSON.createObjectNode().put("model", model).put("stream", true);
    messages(body, request.messages());
    tools(body, request.tools());
    effort(body, model);
    return body.toString().getBytes(StandardCharsets.UTF_8);
  }

  /// The body of a request for a JSON document, in one piece. A schema that the model cannot be
  /// held to is asked for all the same.
  static byte[] document(String model, List<ChatMessage> prompt, String name, JsonNode schema) {
    ObjectNode body = JSON.createObjectNode().put("model", model);
    messages(body, prompt);
    body.putObject("response_format")
        .put("type", "json_schema")
        .putObject("json_schema")
        .put("name", name)
        .put("strict", model.startsWith("openai/gpt-oss") && isStrict(schema))
        .set("schema", schema);
    effort(body, model);
    return body.toString().getBytes(StandardCharsets.UTF_8);
  }

  /// A strict schema requires every property of every object, and no other.
  static boolean isStrict(JsonNode schema) {
    if (schema.isObject() && schema.path("properties").isObject()) {
      List<String> required = schema.path("required").valueStream().map(JsonNode::asText).toList();
      boolean all =
          schema.path("properties").propertyStream().allMatch(p -> required.contains(p.getKey()));
      if (!all || schema.path("additionalProperties").asBoolean(true)) {
        return false;
      }
    }
    return schema.valueStream().allMatch(GroqCodec::isStrict);
  }

  private static void messages(ObjectNode body, List<ChatMessage> prompt) {
    ArrayNode messages = body.putArray("messages");
    for (ChatMessage message : prompt) {
      ObjectNode json =
          messages.addObject().put("role", message.role().name().toLowerCase(Locale.ROOT));
      if (message.calls().isEmpty()) {
        json.put("content", message.content());
      } else {
        calls(json, message.calls());
      }
      if (!message.callId().isEmpty()) {
        json.put("tool_call_id", message.callId());
      }
    }
  }

  private static void calls(ObjectNode message, List<ToolCall> calls) {
    ArrayNode array = message.putArray("tool_calls");
    for (ToolCall call : calls) {
      array
          .addObject()
          .put("id", call.id())
          .put("type", "function")
          .putObject("function")
          .put("name", call.name())
          .put("arguments", call.arguments());
    }
  }

  private static void tools(ObjectNode body, List<ToolOffer> tools) {
    if (tools.isEmpty()) {
      return; // an empty array is refused
    }
    ArrayNode array = body.putArray("tools");
    for (ToolOffer tool : tools) {
      array
          .addObject()
          .put("type", "function")
          .putObject("function")
          .put("name", tool.name())
          .put("description", tool.description())
          .set("parameters", tool.parameters());
    }
    body.put("tool_choice", "auto").put("parallel_tool_calls", false);
  }

  private static void effort(ObjectNode body, String model) {
    body.put("temperature", TEMPERATURE);
    if (model.startsWith("openai/gpt-oss")) {
      body.put("reasoning_effort", "low").put("include_reasoning", false);
      body.put("max_completion_tokens", MAX_TOKENS_WITH_REASONING);
    } else {
      if (model.startsWith("qwen/qwen3")) {
        body.put("reasoning_effort", "none");
      }
      body.put("max_completion_tokens", MAX_TOKENS);
    }
  }

  /// @throws IOException if the event's data is not JSON
  static GroqMessage decode(SseEvent event) throws IOException {
    if (event.data().equals("[DONE]")) {
      return new GroqMessage.Done();
    }
    JsonNode json = parse(event.data());
    JsonNode error = json.path("error");
    if (event.name().equals("error") || isSet(error)) {
      return broken(isSet(error) ? error : json);
    }
    JsonNode own = json.path("x_groq");
    if (isSet(own.path("error"))) {
      return broken(own.path("error"));
    }
    JsonNode choice = json.path("choices").path(0);
    return new GroqMessage.Chunk(
        own.path("id").asText(""),
        choice.path("delta").path("content").asText(""),
        choice.path("delta").path("tool_calls").valueStream().map(GroqCodec::piece).toList(),
        choice.path("finish_reason").asText(""),
        usage(json.path("usage")).or(() -> usage(own.path("usage"))));
  }

  private static GroqMessage.CallPiece piece(JsonNode call) {
    JsonNode function = call.path("function");
    return new GroqMessage.CallPiece(
        call.path("index").asInt(),
        call.path("id").asText(""),
        function.path("name").asText(""),
        function.path("arguments").asText(""));
  }

  /// A document that came in one piece.
  ///
  /// @throws IOException if the answer holds none
  static LanguageModel.Completion completion(String body) throws IOException {
    JsonNode json = parse(body);
    JsonNode content = json.path("choices").path(0).path("message").path("content");
    if (!content.isTextual()) {
      throw new IOException("the answer has no content");
    }
    TokenUsage usage = usage(json.path("usage")).orElse(TokenUsage.UNKNOWN);
    return new LanguageModel.Completion(content.asText(), usage);
  }

  /// What a refusal says: `code: message`; the text itself where it is no such JSON.
  ///
  /// @return code, which may be empty, and message
  static GroqMessage.Broken error(String body) {
    try {
      JsonNode error = parse(body).path("error");
      return isSet(error) ? broken(error) : new GroqMessage.Broken("", body, "");
    } catch (IOException _) {
      return new GroqMessage.Broken("", body, "");
    }
  }

  /// Ids of a list of models.
  ///
  /// @throws IOException if it is none
  static Set<String> models(String body) throws IOException {
    JsonNode data = parse(body).path("data");
    if (!data.isArray()) {
      throw new IOException("the list of models has no array \"data\"");
    }
    return data.valueStream()
        .filter(m -> m.path("active").asBoolean(true))
        .map(m -> m.path("id").asText())
        .collect(Collectors.toSet());
  }

  private static JsonNode parse(String text) throws IOException {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException _) {
      throw new IOException("not JSON"); // the parser's message may hold words of the call
    }
  }

  private static Optional<TokenUsage> usage(JsonNode usage) {
    return usage.isObject()
        ? Optional.of(
            new TokenUsage(
                usage.path("prompt_tokens").asLong(),
                usage.path("completion_tokens").asLong(),
                usage.path("prompt_tokens_details").path("cached_tokens").asLong()))
        : Optional.empty();
  }

  private static GroqMessage.Broken broken(JsonNode error) {
    return error.isTextual()
        ? new GroqMessage.Broken(error.asText(), "", "")
        : new GroqMessage.Broken(
            error.path("code").asText(""),
            error.path("message").asText(""),
            error.path("failed_generation").asText(""));
  }

  private static boolean isSet(JsonNode node) {
    return !node.isMissingNode()
        && !node.isNull()
        && !(node.isTextual() && node.asText().isEmpty());
  }
}
