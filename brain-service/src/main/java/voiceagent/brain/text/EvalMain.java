package voiceagent.brain.text;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import voiceagent.brain.text.stage.Answer;
import voiceagent.brain.text.stage.BrainTalk;
import voiceagent.kit.agent.Agent;
import voiceagent.kit.agent.Agents;
import voiceagent.kit.config.SettingsException;

/// Runs scripted talks against the brain, as tests of an agent.
public final class EvalMain {
  private EvalMain() {}

  /// @param args files or folders of scripts; `--agent ID`, `--var NAME=VALUE`, `--target TARGET`
  public static void main(String[] args) {
    TextMode.quiet(System.err);
    System.exit(run(args, System.getenv(), Path.of(""), System.out));
  }

  /// @return the exit code: 1 if an expectation was not met, 2 if there is nothing to run
  static int run(String[] args, Map<String, String> environment, Path directory, PrintStream out) {
    try {
      TextOptions options = TextOptions.of(args);
      List<Script> scripts = scripts(directory, options.files());
      int failures = 0;
      try (TextMode mode = TextMode.open(environment, directory, options.target())) {
        for (Script script : scripts) {
          failures += run(script, mode, options, out);
        }
      }
      out.println(
          failures == 0
              ? "As expected: " + scripts.size() + " of " + scripts.size() + " talks."
              : "Not met: " + failures + (failures == 1 ? " expectation." : " expectations."));
      return failures == 0 ? 0 : 1;
    } catch (IllegalArgumentException | IllegalStateException | SettingsException e) {
      out.println(e.getMessage());
      return 2;
    }
  }

  private static List<Script> scripts(Path directory, List<String> names) {
    List<Script> scripts = new ArrayList<>();
    for (String name : names) {
      Path path = directory.resolve(name);
      if (Files.isDirectory(path)) {
        try (Stream<Path> files = Files.list(path)) {
          files
              .filter(f -> f.toString().matches(".*\\.ya?ml"))
              .sorted()
              .forEach(f -> scripts.add(Script.read(f)));
        } catch (IOException e) {
          throw new IllegalArgumentException(path + " cannot be read", e);
        }
      } else {
        scripts.add(Script.read(path));
      }
    }
    if (scripts.isEmpty()) {
      throw new IllegalArgumentException("no scripts: name a YAML file, or a folder of them");
    }
    return scripts;
  }

  private static int run(Script script, TextMode mode, TextOptions options, PrintStream out) {
    Agent agent = mode.agent(script.agent().orElse(options.agent()));
    Map<String, String> given = new HashMap<>(options.variables());
    given.putAll(script.variables());
    Map<String, String> variables = new HashMap<>(agent.variables());
    variables.putAll(given);
    out.println(script.name());
    int failures = 0;
    try (BrainTalk talk = mode.talk(agent, given)) {
      talk.greeted(Agents.filled(agent.greeting(), variables));
      for (Script.Step step : script.steps()) {
        Answer answer = step.press().isEmpty() ? talk.says(step.say()) : talk.presses(step.press());
        List<String> problems = problems(step, answer);
        failures += problems.size();
        out.printf(
            "  %s %d: %s%s -> %s (%s, %d ms)%n",
            problems.isEmpty() ? "ok  " : "FAIL",
            step.line(),
            step.say(),
            step.press(),
            answer.text(),
            answer.route(),
            answer.first().toMillis());
        problems.forEach(p -> out.println("         " + p));
      }
    }
    return failures;
  }

  private static List<String> problems(Script.Step step, Answer answer) {
    List<String> problems = new ArrayList<>();
    if (!answer.failure().isEmpty()) {
      problems.add("no answer: " + answer.failure());
    }
    for (Pattern expected : step.expect()) {
      if (!expected.matcher(answer.text()).find()) {
        problems.add("expected: " + expected);
      }
    }
    for (Pattern rejected : step.reject()) {
      if (rejected.matcher(answer.text()).find()) {
        problems.add("not expected: " + rejected);
      }
    }
    step.route()
        .filter(r -> !r.equals(answer.route()))
        .ifPresent(r -> problems.add("expected route " + r + ", it was " + answer.route()));
    step.tool()
        .filter(t -> !answer.actions().contains(t))
        .ifPresent(t -> problems.add("expected " + t + ", it did " + answer.actions()));
    if (step.withinMillis().isPresent()
        && answer.first().toMillis() > step.withinMillis().getAsLong()) {
      problems.add(
          "expected within %d ms, it took %d"
              .formatted(step.withinMillis().getAsLong(), answer.first().toMillis()));
    }
    return problems;
  }
}
