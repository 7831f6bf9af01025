package voiceagent.brain.tool;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import voiceagent.brain.llm.ToolCall;
import voiceagent.brain.llm.ToolOffer;
import voiceagent.kit.agent.JsonSchema;
import voiceagent.kit.agent.ToolSpec;

/// The tools of one agent: what a model is offered, and what its calls mean. Any thread.
public final class Toolbox {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MAX_DIGITS = 32;

  private final Map<String, ToolSpec> tools = new LinkedHashMap<>();
  private final Map<String, ToolOffer> offers = new LinkedHashMap<>();
  private final Map<String, JsonSchema> schemas = new HashMap<>();

  public Toolbox(List<ToolSpec> specs) {
    for (ToolSpec spec : specs) {
      ToolOffer offer = offer(spec);
      tools.put(spec.name(), spec);
      offers.put(spec.name(), offer);
      schemas.put(spec.name(), JsonSchema.of(offer.parameters()));
    }
  }

  /// What a model is offered: the same each time, so that the provider can cache it.
  public List<ToolOffer> offers() {
    return List.copyOf(offers.values());
  }

  /// What a call means; its arguments are checked first.
  public ToolUse use(ToolCall call) {
    ToolSpec tool = tools.get(call.name());
    JsonSchema schema = schemas.get(call.name());
    if (tool == null || schema == null) {
      return new ToolUse.Wrong(
          "there is no tool " + call.name() + ", only " + String.join(", ", tools.keySet()));
    }
    JsonNode arguments;
    try {
      arguments = JSON.readTree(call.arguments().isBlank() ? "{}" : call.arguments());
    } catch (JsonProcessingException _) {
      return new ToolUse.Wrong("the arguments are not valid JSON");
    }
    List<String> problems = schema.problems(arguments);
    return problems.isEmpty()
        ? use(tool, arguments)
        : new ToolUse.Wrong("wrong arguments: " + String.join("; ", problems));
  }

  private static ToolUse use(ToolSpec tool, JsonNode arguments) {
    return switch (tool) {
      case ToolSpec.HangUp(String say) -> new ToolUse.Act(new CallAction.HangUp("agent"), say);
      case ToolSpec.Transfer(Map<String, String> destinations, String say) ->
          new ToolUse.Act(
              new CallAction.Transfer(
                  destinations.getOrDefault(arguments.path("destination").asText(), "")),
              say);
      case ToolSpec.CollectDigits(String say, var timeout) ->
          new ToolUse.Act(
              new CallAction.CollectDigits(
                  arguments.path("max_digits").asInt(MAX_DIGITS),
                  timeout,
                  arguments.path("terminator").asText("#")),
              say);
      case ToolSpec.SendDigits _ ->
          new ToolUse.Act(new CallAction.SendDigits(arguments.path("digits").asText()), "");
      case ToolSpec.Http http -> new ToolUse.Ask(http, arguments);
    };
  }

  private static ToolOffer offer(ToolSpec tool) {
    ObjectNode properties = JsonNodeFactory.instance.objectNode();
    return switch (tool) {
      case ToolSpec.HangUp _ ->
          new ToolOffer(
              tool.name(),
              "Ends the call. Say goodbye in the same answer; only when the caller is done.",
              parameters(properties));
      case ToolSpec.Transfer(Map<String, String> destinations, _) -> {
        properties
            .putObject("destination")
            .put("type", "string")
            .putArray("enum")
            .addAll(
                destinations.keySet().stream()
                    .map(JsonNodeFactory.instance::textNode)
                    .collect(Collectors.toList()));
        yield new ToolOffer(
            tool.name(),
            "Connects the caller with somebody else and ends your part of the call. Tell the"
                + " caller in the same answer.",
            parameters(properties, "destination"));
      }
      case ToolSpec.CollectDigits _ -> {
        properties
            .putObject("max_digits")
            .put("type", "integer")
            .put("minimum", 1)
            .put("maximum", MAX_DIGITS);
        properties
            .putObject("terminator")
            .put("type", "string")
            .put("pattern", "^[0-9*#]?$")
            .put("description", "The key that ends the entry; # unless said otherwise.");
        yield new ToolOffer(
            tool.name(),
            "Lets the caller enter digits on the keypad. Ask for them in the same answer; the"
                + " digits come as the result.",
            parameters(properties, "max_digits"));
      }
      case ToolSpec.SendDigits _ -> {
        properties.putObject("digits").put("type", "string").put("pattern", "^[0-9*#A-Dw]{1,32}$");
        yield new ToolOffer(
            tool.name(),
            "Presses keys, as in the menu of a machine that you talk to.",
            parameters(properties, "digits"));
      }
      case ToolSpec.Http http -> new ToolOffer(http.name(), http.description(), http.parameters());
    };
  }

  private static JsonNode parameters(ObjectNode properties, String... required) {
    ObjectNode schema = JsonNodeFactory.instance.objectNode().put("type", "object");
    schema.set("properties", properties);
    if (required.length > 0) {
      var names = schema.putArray("required");
      for (String name : required) {
        names.add(name);
      }
    }
    return schema.put("additionalProperties", false);
  }
}
