package voiceagent.kit.agent;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// One agent file: YAML that keeps `agent.schema.json`.
final class AgentFile {
  private static final Pattern VARIABLE = Pattern.compile("\\{\\{\\s*([A-Za-z0-9_]+)\\s*}}");

  private AgentFile() {}

  /// An agent, or what is wrong with its file: a line each, `file:line: what`.
  record Read(Optional<Agent> agent, List<String> problems) {}

  /// @param variables values that are there for every agent
  static Read read(Path file, Map<String, String> variables) {
    String name = String.valueOf(file.getFileName());
    String id = name.substring(0, name.lastIndexOf('.'));
    try {
      return parse(id, file.toString(), Files.readString(file), variables);
    } catch (IOException e) {
      return new Read(Optional.empty(), List.of(file + ": cannot be read: " + e.getMessage()));
    }
  }

  /// @param where the file, for messages
  static Read parse(String id, String where, String text, Map<String, String> variables) {
    AgentYaml yaml;
    try {
      yaml = AgentYaml.parse(text);
    } catch (AgentYaml.Unreadable e) {
      return new Read(Optional.empty(), List.of(where + ":" + e.line() + ": " + e.getMessage()));
    }
    List<AgentSchema.Mistake> mistakes = new ArrayList<>(AgentSchema.mistakes(yaml.tree()));
    if (mistakes.isEmpty()) {
      mistakes.addAll(beyondSchema(yaml.tree()));
    }
    if (!mistakes.isEmpty()) {
      return new Read(
          Optional.empty(),
          mistakes.stream()
              .map(m ->
                  "%s:%d: %s %s"
                      .formatted(
                          where,
                          yaml.line(m.pointer()),
                          m.pointer().isEmpty()
                              ? "the file"
                              : m.pointer().substring(1).replace('/', '.'),
                          m.sentence()))
              .distinct()
              .toList());
    }
    return new Read(Optional.of(agent(id, yaml.tree(), variables)), List.of());
  }

  /// What a schema cannot say.
  private static List<AgentSchema.Mistake> beyondSchema(JsonNode file) {
    List<AgentSchema.Mistake> mistakes = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (int i = 0; i < file.path("routes").size(); i++) {
      String name = file.path("routes").path(i).path("name").asText();
      if (names.contains(name)) {
        mistakes.add(
            new AgentSchema.Mistake("/routes/" + i + "/name", "is " + name + ", as another's"));
      }
      names.add(name);
    }
    if (file.has("extraction")) {
      JsonSchema.problem(file.path("extraction").path("schema"))
          .ifPresent(p ->
              mistakes.add(new AgentSchema.Mistake("/extraction/schema", "is no schema: " + p)));
    }
    for (int i = 0; i < file.path("tools").path("http").size(); i++) {
      String pointer = "/tools/http/" + i + "/parameters";
      JsonNode parameters = file.at(pointer);
      if (!parameters.isMissingNode()) {
        JsonSchema.problem(parameters)
            .ifPresent(p -> mistakes.add(new AgentSchema.Mistake(pointer, "is no schema: " + p)));
      }
    }
    return mistakes;
  }

  private static Agent agent(String id, JsonNode file, Map<String, String> given) {
    String name = filled(file.path("name").asText(), given);
    String company = filled(file.path("company").asText(""), given);
    Map<String, String> variables = BrainSettings.texts(file.path("variables"));
    variables.put("agent_name", name);
    variables.put("company_name", company);
    Map<String, String> own = new HashMap<>(given);
    own.putAll(Map.of("agent_name", name, "company_name", company));
    String greeting = filled(file.path("greeting").asText(greeting(name, company)), own).strip();
    JsonNode voice = file.path("voice");
    return new Agent(
        id,
        name,
        company,
        file.path("language").asText("en"),
        file.path("numbers").valueStream().map(JsonNode::asText).toList(),
        new Agent.Voice(
            voice.path("id").asText(""),
            voice.path("speed").asDouble(0),
            voice.path("pronunciation").asText("")),
        greeting,
        file.path("persona").asText("").strip(),
        file.path("keyterms").valueStream().map(JsonNode::asText).toList(),
        Map.copyOf(variables),
        policies(file.path("policies")),
        BrainSettings.of(file));
  }

  static String greeting(String name, String company) {
    return "Hello, this is "
        + name
        + (company.isEmpty() ? "" : " from " + company)
        + ". How can I help you?";
  }

  private static Policies policies(JsonNode policies) {
    return new Policies(
        number(policies.path("min-interruption-words")),
        policies.has("interruption-hold")
            ? Optional.of(policies.path("interruption-hold").asBoolean())
            : Optional.empty(),
        millis(policies.path("idle-prompt-ms"), 1),
        number(policies.path("idle-prompt-max")),
        millis(policies.path("max-call-seconds"), 1000),
        policies.path("keys").asText("turn").equals("turn"));
  }

  private static OptionalInt number(JsonNode node) {
    return node.isNumber() ? OptionalInt.of(node.asInt()) : OptionalInt.empty();
  }

  private static Optional<Duration> millis(JsonNode node, long unit) {
    return node.isNumber()
        ? Optional.of(Duration.ofMillis(node.asLong() * unit))
        : Optional.empty();
  }

  /// A text with its variables filled in; those that have no value stay as they are.
  static String filled(String text, Map<String, String> variables) {
    return VARIABLE
        .matcher(text)
        .replaceAll(m -> Matcher.quoteReplacement(variables.getOrDefault(m.group(1), m.group())));
  }
}
