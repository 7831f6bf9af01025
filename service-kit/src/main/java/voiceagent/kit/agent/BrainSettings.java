package voiceagent.kit.agent;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The brain's part of an agent file. It travels as JSON (`AgentPart.settings_json`).
///
/// @param json `tools`, `routes` and `extraction` as they stand in the file
public record BrainSettings(
    List<ToolSpec> tools,
    List<RouteSpec> routes,
    Optional<ExtractionSpec> extraction,
    String json) {
  public static final BrainSettings NONE =
      new BrainSettings(List.of(), List.of(), Optional.empty(), "");

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration KEY_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration HTTP_TIMEOUT = Duration.ofSeconds(3);

  /// From a whole agent file that keeps the schema.
  static BrainSettings of(JsonNode file) {
    ObjectNode part = JsonNodeFactory.instance.objectNode();
    for (String field : List.of("tools", "routes", "extraction")) {
      if (file.has(field)) {
        part.set(field, file.get(field));
      }
    }
    return new BrainSettings(
        tools(file.path("tools")),
        file.path("routes").valueStream().map(BrainSettings::route).toList(),
        extraction(file.path("extraction")),
        part.toString());
  }

  /// From the JSON that travelled.
  ///
  /// @throws IllegalArgumentException if it breaks the schema of agent files, naming where
  public static BrainSettings parse(String json) {
    if (json.isBlank()) {
      return NONE;
    }
    try {
      JsonNode part = JSON.readTree(json);
      List<String> problems = AgentSchema.problemsOfPart(part);
      if (!problems.isEmpty()) {
        throw new IllegalArgumentException(String.join("; ", problems));
      }
      return of(part);
    } catch (JsonProcessingException _) {
      throw new IllegalArgumentException("not JSON");
    }
  }

  private static List<ToolSpec> tools(JsonNode tools) {
    List<ToolSpec> specs = new ArrayList<>();
    if (tools.has("hang-up")) {
      specs.add(new ToolSpec.HangUp(say(tools.path("hang-up"), "Goodbye!")));
    }
    if (tools.has("transfer")) {
      JsonNode transfer = tools.path("transfer");
      specs.add(
          new ToolSpec.Transfer(
              texts(transfer.path("destinations")),
              say(transfer, "One moment, I will connect you.")));
    }
    if (tools.has("collect-digits")) {
      JsonNode collect = tools.path("collect-digits");
      specs.add(
          new ToolSpec.CollectDigits(
              say(collect, "Please enter it on your keypad."), millis(collect, KEY_TIMEOUT)));
    }
    if (tools.has("send-digits")) {
      specs.add(new ToolSpec.SendDigits());
    }
    tools.path("http").forEach(t -> specs.add(http(t)));
    return List.copyOf(specs);
  }

  private static ToolSpec http(JsonNode tool) {
    JsonNode parameters = tool.path("parameters");
    return new ToolSpec.Http(
        tool.path("name").asText(),
        tool.path("description").asText(),
        URI.create(tool.path("url").asText()),
        parameters.isObject()
            ? parameters
            : JsonNodeFactory.instance
                .objectNode()
                .put("type", "object")
                .set("properties", JsonNodeFactory.instance.objectNode()),
        millis(tool, HTTP_TIMEOUT),
        say(tool, ""));
  }

  private static RouteSpec route(JsonNode route) {
    return new RouteSpec(
        route.path("name").asText(),
        route.path("examples").valueStream().map(JsonNode::asText).toList(),
        route.path("answer").asText().strip(),
        route.path("recording").asText(""),
        route.path("threshold").asDouble(RouteSpec.THRESHOLD),
        route.path("lead").asDouble(RouteSpec.LEAD));
  }

  private static Optional<ExtractionSpec> extraction(JsonNode extraction) {
    return extraction.isObject()
        ? Optional.of(
            new ExtractionSpec(
                extraction.path("name").asText(),
                extraction.path("when").asText("after").equals("during"),
                extraction.path("instructions").asText("").strip(),
                extraction.path("schema")))
        : Optional.empty();
  }

  private static String say(JsonNode tool, String otherwise) {
    return tool.path("say").asText(otherwise).strip();
  }

  private static Duration millis(JsonNode tool, Duration otherwise) {
    return Duration.ofMillis(tool.path("timeout-ms").asLong(otherwise.toMillis()));
  }

  static Map<String, String> texts(JsonNode object) {
    Map<String, String> texts = new LinkedHashMap<>();
    object.propertyStream().forEach(p -> texts.put(p.getKey(), p.getValue().asText()));
    return texts;
  }
}
