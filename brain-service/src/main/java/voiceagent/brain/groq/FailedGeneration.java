package voiceagent.brain.groq;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import voiceagent.brain.llm.ToolCall;

/// What a model wrote where it meant to call a tool and the provider could not read it (L19):
/// `<function=NAME>{…}</function>`, `<NAME>{…}` or `{"name":…,"arguments":{…}}`.
final class FailedGeneration {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern TAGGED =
      Pattern.compile("<(?:function=)?([A-Za-z0-9_-]{1,64})>?\\s*(\\{.*})", Pattern.DOTALL);

  private FailedGeneration() {}

  /// The call that was meant; empty if it cannot be told for certain.
  ///
  /// @param tools the names of those that were offered
  static Optional<ToolCall> call(String generation, Set<String> tools) {
    Matcher tagged = TAGGED.matcher(generation);
    if (tagged.find()) {
      return call(tagged.group(1), object(tagged.group(2)), tools);
    }
    int start = generation.indexOf('{');
    int end = generation.lastIndexOf('}');
    if (start < 0 || end < start) {
      return Optional.empty();
    }
    Optional<JsonNode> json = object(generation.substring(start, end + 1));
    return json.flatMap(j -> {
      JsonNode arguments = j.has("arguments") ? j.path("arguments") : j.path("parameters");
      return call(
          j.path("name").asText(""),
          arguments.isTextual() ? object(arguments.asText()) : Optional.of(arguments),
          tools);
    });
  }

  private static Optional<ToolCall> call(
      String name, Optional<JsonNode> arguments, Set<String> tools) {
    return arguments
        .filter(a -> tools.contains(name) && a.isObject())
        .map(a -> new ToolCall("salvaged", name, a.toString()));
  }

  private static Optional<JsonNode> object(String text) {
    try {
      return Optional.ofNullable(JSON.readTree(text)).filter(JsonNode::isObject);
    } catch (JsonProcessingException _) {
      return Optional.empty();
    }
  }
}
