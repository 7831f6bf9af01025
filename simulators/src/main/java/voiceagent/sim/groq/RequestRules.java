package voiceagent.sim.groq;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// What Groq refuses with 400, in the order in which it is looked at.
final class RequestRules {
  private static final int MAX_TOOLS = 128;
  private static final Pattern TOOL_NAME = Pattern.compile("[A-Za-z0-9_-]{1,64}");

  private static final Set<String> KNOWN =
      Set.of(
          "model",
          "messages",
          "stream",
          "stream_options",
          "max_completion_tokens",
          "max_tokens",
          "temperature",
          "top_p",
          "n",
          "stop",
          "seed",
          "tools",
          "tool_choice",
          "parallel_tool_calls",
          "disable_tool_validation",
          "response_format",
          "service_tier",
          "reasoning_effort",
          "reasoning_format",
          "include_reasoning",
          "user");

  private static final Map<String, Set<String>> EFFORTS =
      Map.of(
          "openai/gpt-oss", Set.of("low", "medium", "high"),
          "qwen/qwen3.6", Set.of("none", "default"),
          "qwen/qwen3.8", Set.of("none", "default", "low", "medium", "high"));

  private RequestRules() {}

  /// The first rule that a request breaks.
  static Optional<GroqError> broken(JsonNode json, GroqModels.Model model) {
    return Stream.<Function<JsonNode, Optional<String>>>of(
            RequestRules::properties,
            RequestRules::numbers,
            MessageRules::broken,
            RequestRules::tools,
            RequestRules::responseFormat,
            RequestRules::words,
            j -> reasoning(j, model),
            j -> length(j, model))
        .flatMap(rule -> rule.apply(json).stream())
        .findFirst()
        .map(GroqError::invalid);
  }

  private static Optional<String> properties(JsonNode json) {
    return json.propertyStream()
        .map(Map.Entry::getKey)
        .filter(name -> !KNOWN.contains(name))
        .findFirst()
        .map(name -> "property '" + name + "' is unsupported");
  }

  private static Optional<String> numbers(JsonNode json) {
    if (json.path("n").asInt(1) != 1) {
      return wrong("n", "must be 1");
    }
    if (outside(json.path("temperature"), 2)) {
      return wrong("temperature", "must be a number from 0 to 2");
    }
    if (outside(json.path("top_p"), 1)) {
      return wrong("top_p", "must be a number from 0 to 1");
    }
    if (json.has("stream") && !json.path("stream").isBoolean()) {
      return wrong("stream", "must be a boolean");
    }
    return Optional.empty();
  }

  private static boolean outside(JsonNode number, double most) {
    return !number.isMissingNode()
        && (!number.isNumber() || number.asDouble() < 0 || number.asDouble() > most);
  }

  private static Optional<String> tools(JsonNode json) {
    JsonNode tools = json.path("tools");
    if (tools.isMissingNode()) {
      String choice = json.path("tool_choice").asText("none");
      return choice.equals("none") || choice.equals("auto")
          ? Optional.empty()
          : wrong("tool_choice", "needs tools");
    }
    if (!tools.isArray() || tools.isEmpty() || tools.size() > MAX_TOOLS) {
      return wrong("tools", "must hold 1 to " + MAX_TOOLS + " items");
    }
    Set<String> names = new HashSet<>();
    for (JsonNode tool : tools) {
      JsonNode function = tool.path("function");
      String name = function.path("name").asText();
      if (!tool.path("type").asText().equals("function") || !TOOL_NAME.matcher(name).matches()) {
        return wrong("tools", "each is a function with a name of 1 to 64 of A-Z a-z 0-9 _ -");
      }
      if (!names.add(name)) {
        return wrong("tools", "duplicate name " + name);
      }
      if (function.has("parameters") && !function.path("parameters").isObject()) {
        return wrong("tools", "parameters must be a JSON schema");
      }
    }
    return Optional.empty();
  }

  private static Optional<String> responseFormat(JsonNode json) {
    JsonNode format = json.path("response_format");
    return switch (format.path("type").asText("text")) {
      case "text" -> Optional.empty();
      case "json_object" ->
          ChatRequest.of(json).prompt().toLowerCase(java.util.Locale.ROOT).contains("json")
              ? Optional.empty()
              : wrong("messages", "must contain the word 'json' to use 'json_object'");
      case "json_schema" -> {
        if (json.path("stream").asBoolean(false) || json.has("tools")) {
          yield wrong("response_format", "json_schema is not supported with stream or tools");
        }
        JsonNode schema = format.path("json_schema");
        yield schema.path("name").isTextual() && schema.path("schema").isObject()
            ? Optional.empty()
            : wrong("response_format", "json_schema needs name and schema");
      }
      default -> wrong("response_format", "type must be text, json_object or json_schema");
    };
  }

  private static Optional<String> words(JsonNode json) {
    JsonNode stop = json.path("stop");
    if (!stop.isMissingNode()
        && !stop.isNull()
        && !stop.isTextual()
        && !(stop.isArray() && stop.size() <= 4)) {
      return wrong("stop", "must be a string or 4 strings at most");
    }
    String tier = json.path("service_tier").asText("on_demand");
    return Set.of("auto", "on_demand", "flex", "performance").contains(tier)
        ? Optional.empty()
        : wrong("service_tier", "must be auto, on_demand, flex or performance");
  }

  private static Optional<String> reasoning(JsonNode json, GroqModels.Model model) {
    if (json.has("reasoning_format") && json.has("include_reasoning")) {
      return Optional.of("reasoning_format and include_reasoning are mutually exclusive");
    }
    String format = json.path("reasoning_format").asText("parsed");
    if (!Set.of("hidden", "raw", "parsed").contains(format)) {
      return wrong("reasoning_format", "must be hidden, raw or parsed");
    }
    if (!json.has("reasoning_effort")) {
      return Optional.empty();
    }
    String effort = json.path("reasoning_effort").asText();
    if (!model.reasons()) {
      return wrong("reasoning_effort", "is not supported with this model");
    }
    Set<String> allowed =
        EFFORTS.entrySet().stream()
            .filter(e -> model.id().startsWith(e.getKey()))
            .findFirst()
            .map(Map.Entry::getValue)
            .orElse(Set.of("none", "default"));
    return allowed.contains(effort)
        ? Optional.empty()
        : wrong("reasoning_effort", "must be one of " + allowed.stream().sorted().toList());
  }

  private static Optional<String> length(JsonNode json, GroqModels.Model model) {
    for (String name : new String[] {"max_completion_tokens", "max_tokens"}) {
      JsonNode most = json.path(name);
      if (!most.isMissingNode()
          && (!most.isInt() || most.asInt() < 1 || most.asInt() > model.maxOutput())) {
        return wrong(name, "must be a whole number from 1 to " + model.maxOutput());
      }
    }
    return Optional.empty();
  }

  private static Optional<String> wrong(String property, String rule) {
    return Optional.of("'" + property + "' : " + rule);
  }
}
