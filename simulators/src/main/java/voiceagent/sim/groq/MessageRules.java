package voiceagent.sim.groq;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/// What makes a sequence of messages valid: known roles, no empty content, and each tool's result
/// right after the message that called it.
final class MessageRules {
  private static final Set<String> ROLES =
      Set.of("system", "developer", "user", "assistant", "tool");

  private MessageRules() {}

  static Optional<String> broken(JsonNode json) {
    JsonNode messages = json.path("messages");
    if (!messages.isArray() || messages.isEmpty()) {
      return Optional.of("'messages' : minimum number of items is 1");
    }
    Set<String> called = new HashSet<>();
    for (int i = 0; i < messages.size(); i++) {
      JsonNode message = messages.get(i);
      String role = message.path("role").asText();
      if (!ROLES.contains(role)) {
        return wrong(i, "role", "must be one of " + ROLES.stream().sorted().toList());
      }
      if (role.equals("tool")) {
        if (!called.remove(message.path("tool_call_id").asText())) {
          return wrong(i, "tool_call_id", "answers no tool call of the message before");
        }
      } else if (!called.isEmpty()) {
        return wrong(i, "role", "must be tool: calls " + called + " have no result");
      }
      JsonNode calls = message.path("tool_calls");
      if (role.equals("assistant") && calls.isArray()) {
        calls.forEach(c -> called.add(c.path("id").asText()));
      }
      if (isEmpty(message.path("content")) && called.isEmpty()) {
        return wrong(i, "content", "must not be empty");
      }
    }
    return called.isEmpty()
        ? Optional.empty()
        : Optional.of("'messages' : tool calls " + called + " have no result");
  }

  private static boolean isEmpty(JsonNode content) {
    return content.isArray() ? content.isEmpty() : content.asText("").isBlank();
  }

  private static Optional<String> wrong(int index, String property, String rule) {
    return Optional.of("'messages.%d.%s' : %s".formatted(index, property, rule));
  }
}
