package voiceagent.sim.groq;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.stream.Collectors;

/// A chat completion that was asked for and not refused.
///
/// @param json the whole body
public record ChatRequest(String model, List<ChatMessage> messages, boolean stream, JsonNode json) {
  static ChatRequest of(JsonNode json) {
    return new ChatRequest(
        json.path("model").asText(),
        json.path("messages")
            .valueStream()
            .map(m -> new ChatMessage(m.path("role").asText(), text(m.path("content"))))
            .toList(),
        json.path("stream").asBoolean(false),
        json);
  }

  /// The prompt, a line for each message: `role: content`.
  public String prompt() {
    return messages.stream()
        .map(m -> m.role() + ": " + m.content())
        .collect(Collectors.joining("\n"));
  }

  /// What the user said last; empty if nothing.
  public String lastUser() {
    return last("user");
  }

  /// What the assistant said last; empty if nothing.
  public String lastAssistant() {
    return last("assistant");
  }

  /// The system prompt; empty if there is none.
  public String system() {
    return messages.stream()
        .filter(m -> m.role().equals("system"))
        .map(ChatMessage::content)
        .collect(Collectors.joining("\n"));
  }

  /// Four characters a token, three tokens more a message.
  int promptTokens() {
    return messages.stream().mapToInt(m -> m.content().length() / 4 + 4).sum();
  }

  private String last(String role) {
    return messages.reversed().stream()
        .filter(m -> m.role().equals(role))
        .findFirst()
        .map(ChatMessage::content)
        .orElse("");
  }

  private static String text(JsonNode content) {
    return content.isArray()
        ? content
            .valueStream()
            .map(part -> part.path("text").asText(""))
            .collect(Collectors.joining(" "))
        : content.asText("");
  }
}
