package voiceagent.brain.text;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import voiceagent.brain.text.stage.Answer;
import voiceagent.brain.text.stage.BrainTalk;
import voiceagent.kit.agent.Agent;
import voiceagent.kit.agent.Agents;
import voiceagent.kit.config.SettingsException;

/// A talk with the brain in the terminal.
public final class ChatMain {
  private ChatMain() {}

  /// @param args `--agent ID`, `--var NAME=VALUE`, `--target TARGET`
  public static void main(String[] args) throws IOException {
    TextMode.quiet(System.err);
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    System.exit(run(args, System.getenv(), Path.of(""), in, System.out));
  }

  /// @return the exit code
  static int run(
      String[] args,
      Map<String, String> environment,
      Path directory,
      BufferedReader in,
      PrintStream out)
      throws IOException {
    try {
      TextOptions options = TextOptions.of(args);
      try (TextMode mode = TextMode.open(environment, directory, options.target())) {
        Agent agent = mode.agent(options.agent());
        try (BrainTalk talk = mode.talk(agent, options.variables())) {
          chat(talk, agent, options.variables(), in, out);
        }
      }
      return 0;
    } catch (IllegalArgumentException | IllegalStateException | SettingsException e) {
      out.println(e.getMessage());
      return 2;
    }
  }

  private static void chat(
      BrainTalk talk, Agent agent, Map<String, String> given, BufferedReader in, PrintStream out)
      throws IOException {
    Map<String, String> variables = new HashMap<>(agent.variables());
    variables.putAll(given);
    String greeting = Agents.filled(agent.greeting(), variables);
    out.println("Type what the caller says; /press 123# presses keys, an empty line hangs up.");
    out.println(agent.name() + ": " + greeting);
    talk.greeted(greeting);
    while (true) {
      out.print("you: ");
      out.flush();
      String line = in.readLine();
      if (line == null || line.isBlank()) {
        out.println();
        return;
      }
      Answer answer =
          line.startsWith("/press ")
              ? talk.presses(line.substring("/press ".length()).strip())
              : talk.says(line.strip());
      out.println(agent.name() + ": " + answer.text());
      out.println("     [" + notes(answer) + "]");
      if (answer.ends()) {
        return;
      }
    }
  }

  private static String notes(Answer answer) {
    if (!answer.failure().isEmpty()) {
      return "no answer: " + answer.failure();
    }
    String by = answer.route().equals("llm") ? answer.model() : "route " + answer.route();
    String actions =
        answer.actions().isEmpty() ? "" : ", does " + String.join(", ", answer.actions());
    return "%s, first words after %d ms, all after %d ms%s"
        .formatted(by, answer.first().toMillis(), answer.whole().toMillis(), actions);
  }
}
