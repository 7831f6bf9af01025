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
import voiceagent.brain.llm.TokenUsage;

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
  static byte[] request(String model, List<ChatMessage> prompt) {
    ObjectNode body = JSON.createObjectNode().put("model", model).put("stream", true);
    ArrayNode messages = body.putArray("messages");
    for (ChatMessage message : prompt) {
      messages
          .addObject()
          .put("role", message.role().name().toLowerCase(Locale.ROOT))
          .put("content", message.content());
    }
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
    return body.toString().getBytes(StandardCharsets.UTF_8);
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
        choice.path("finish_reason").asText(""),
        usage(json.path("usage")).or(() -> usage(own.path("usage"))));
  }

  /// What a refusal says: `code: message`; the text itself where it is no such JSON.
  ///
  /// @return code, which may be empty, and message
  static GroqMessage.Broken error(String body) {
    try {
      JsonNode error = parse(body).path("error");
      return isSet(error) ? broken(error) : new GroqMessage.Broken("", body);
    } catch (IOException _) {
      return new GroqMessage.Broken("", body);
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
        ? new GroqMessage.Broken(error.asText(), "")
        : new GroqMessage.Broken(error.path("code").asText(""), error.path("message").asText(""));
  }

  private static boolean isSet(JsonNode node) {
    return !node.isMissingNode()
        && !node.isNull()
        && !(node.isTextual() && node.asText().isEmpty());
  }
}
