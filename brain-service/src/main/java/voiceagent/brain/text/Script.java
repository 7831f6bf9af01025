package voiceagent.brain.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import voiceagent.kit.agent.AgentYaml;

/// A scripted talk: what the caller says, and what the agent has to answer.
record Script(
    String name, Optional<String> agent, Map<String, String> variables, List<Step> steps) {
  private static final List<String> KEYS =
      List.of("say", "press", "expect", "reject", "route", "tool", "within-ms");

  /// @param line in the file, for messages
  /// @param say what the caller says; empty where keys are pressed
  /// @param press the keys; empty where something is said
  /// @param expect each is to be found in the answer
  /// @param reject none is
  /// @param route that has to answer; "llm": none
  /// @param tool that has to be used
  /// @param withinMillis for the first words
  record Step(
      int line,
      String say,
      String press,
      List<Pattern> expect,
      List<Pattern> reject,
      Optional<String> route,
      Optional<String> tool,
      OptionalLong withinMillis) {}

  /// @throws IllegalArgumentException with file and line of the mistake
  static Script read(Path file) {
    try {
      AgentYaml yaml = AgentYaml.parse(Files.readString(file));
      JsonNode tree = yaml.tree();
      List<Step> steps = new ArrayList<>();
      for (int i = 0; i < tree.path("turns").size(); i++) {
        steps.add(step(file, yaml, tree.path("turns").path(i), "/turns/" + i));
      }
      if (steps.isEmpty()) {
        throw wrong(file, 1, "turns is missing, expected a list of what is said and expected");
      }
      Map<String, String> variables = new HashMap<>();
      tree.path("variables")
          .propertyStream()
          .forEach(p -> variables.put(p.getKey(), p.getValue().asText()));
      return new Script(
          String.valueOf(file.getFileName()),
          Optional.of(tree.path("agent").asText("")).filter(a -> !a.isEmpty()),
          variables,
          steps);
    } catch (AgentYaml.Unreadable e) {
      throw wrong(file, e.line(), String.valueOf(e.getMessage()));
    } catch (IOException e) {
      throw new IllegalArgumentException(file + " cannot be read: " + e.getMessage(), e);
    }
  }

  private static Step step(Path file, AgentYaml yaml, JsonNode turn, String pointer) {
    int line = yaml.line(pointer);
    turn.propertyStream()
        .map(Map.Entry::getKey)
        .filter(k -> !KEYS.contains(k))
        .findFirst()
        .ifPresent(k -> {
          throw wrong(
              file,
              yaml.line(pointer + "/" + k),
              k + " is not known, expected one of " + String.join(", ", KEYS));
        });
    if (turn.has("say") == turn.has("press")) {
      throw wrong(file, line, "a turn has either say or press");
    }
    JsonNode within = turn.path("within-ms");
    if (!within.isMissingNode() && !within.isIntegralNumber()) {
      throw wrong(file, yaml.line(pointer + "/within-ms"), "within-ms is no whole number");
    }
    return new Step(
        line,
        turn.path("say").asText(""),
        turn.path("press").asText(""),
        patterns(file, yaml, turn, pointer, "expect"),
        patterns(file, yaml, turn, pointer, "reject"),
        text(turn, "route"),
        text(turn, "tool"),
        within.isMissingNode() ? OptionalLong.empty() : OptionalLong.of(within.asLong()));
  }

  private static List<Pattern> patterns(
      Path file, AgentYaml yaml, JsonNode turn, String pointer, String key) {
    JsonNode node = turn.path(key);
    List<String> texts =
        node.isArray()
            ? node.valueStream().map(JsonNode::asText).toList()
            : node.isMissingNode() ? List.of() : List.of(node.asText());
    try {
      return texts.stream().map(t -> Pattern.compile(t, Pattern.CASE_INSENSITIVE)).toList();
    } catch (PatternSyntaxException e) {
      throw wrong(file, yaml.line(pointer + "/" + key), "no regular expression: " + e.getMessage());
    }
  }

  private static Optional<String> text(JsonNode turn, String key) {
    return turn.has(key) ? Optional.of(turn.path(key).asText()) : Optional.empty();
  }

  private static IllegalArgumentException wrong(Path file, int line, String what) {
    return new IllegalArgumentException(file + ":" + line + ": " + what);
  }
}
