package voiceagent.brain.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import voiceagent.sim.event.SimulatorEvents;
import voiceagent.sim.groq.GroqSimulator;

class TextModeTest {
  @TempDir Path folder = Path.of("");

  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);
  private GroqSimulator groq;

  @BeforeEach
  void start() {
    groq = GroqSimulator.start(0, new SimulatorEvents());
    groq.pace(Duration.ofMillis(5), Duration.ofMillis(2));
  }

  @AfterEach
  void stop() {
    groq.close();
  }

  private Map<String, String> environment(String... more) {
    Map<String, String> environment = new HashMap<>();
    environment.put("GROQ_API_KEY", GroqSimulator.KEY);
    environment.put("GROQ_BASE_URL", groq.url());
    for (int i = 0; i < more.length; i += 2) {
      environment.put(more[i], more[i + 1]);
    }
    return environment;
  }

  private String printed() {
    return printed.toString(StandardCharsets.UTF_8);
  }

  private int chat(Map<String, String> environment, String typed, String... args)
      throws IOException {
    return ChatMain.run(
        args, environment, folder, new BufferedReader(new StringReader(typed)), out);
  }

  private int eval(Map<String, String> environment, String... args) {
    return EvalMain.run(args, environment, folder, out);
  }

  @Test
  void aTalkInTheTerminal() throws IOException {
    groq.callsTool("hang_up", "{}");
    assertThat(chat(environment(), "Who are you?\n/press 12\nGoodbye.\nNever read.\n")).isZero();
    assertThat(printed())
        .contains("Sesame: Hello, this is Sesame from Sesame AI. How can I help you?")
        .contains("You are speaking with Sesame from Sesame AI.")
        .contains("[route who-are-you, first words after ")
        .contains("does hang_up");
  }

  @Test
  void aScriptedTalkIsATestOfAnAgent() throws IOException {
    Path agents = Files.createDirectory(folder.resolve("agents"));
    Files.writeString(
        agents.resolve("anna.yaml"),
        "name: Anna\ngreeting: Hello {{customer}}.\ntools: {collect-digits: {}}\n");
    Files.writeString(
        folder.resolve("good.yaml"),
        """
        agent: anna
        variables: {customer: Peter}
        turns:
          - say: When are you open?
            expect: [ten, four]
            reject: sunday
            route: llm
            within-ms: 20000
          - say: I want to enter my number.
            tool: collect_digits
          - press: "123#"
            expect: one two three
        """);
    groq.replies("From ten to four.");
    groq.callsTool("collect_digits", "{\"max_digits\":5}");
    groq.replies("That was one two three.");
    assertThat(eval(environment("AGENTS_DIR", agents.toString()), "good.yaml"))
        .as(printed())
        .isZero();
    assertThat(groq.lastPrompt())
        .contains("assistant: Hello Peter.", "tool: the caller entered: 1 2 3");
    assertThat(printed()).contains("As expected: 1 of 1 talks.");
  }

  @Test
  void whatIsNotAsExpectedIsTold() throws IOException {
    Files.writeString(
        folder.resolve("bad.yaml"),
        """
        turns:
          - say: When are you open?
            expect: nine
            reject: ten
            route: pricing
            tool: hang_up
            within-ms: 0
        """);
    groq.replies("From ten to four.");
    assertThat(eval(environment("ROUTER_ENABLED", "false"), "bad.yaml")).isEqualTo(1);
    assertThat(printed())
        .contains(
            "FAIL 2:",
            "expected: nine",
            "not expected: ten",
            "expected route pricing, it was llm",
            "expected hang_up, it did []",
            "expected within 0 ms",
            "Not met: 5 expectations.");
  }

  @Test
  void mistakesNameFileAndLine() throws IOException {
    Files.writeString(folder.resolve("wrong.yaml"), "turns:\n  - say: Hi\n    expects: x\n");
    assertThat(eval(environment(), "wrong.yaml")).isEqualTo(2);
    assertThat(printed()).contains("wrong.yaml:3: expects is not known");
    assertThat(eval(environment())).isEqualTo(2);
    assertThat(chat(environment(), "", "--agnt", "x")).isEqualTo(2);
    assertThat(printed()).contains("--agnt is not known");
    assertThat(chat(environment(), "", "--agent", "nobody")).isEqualTo(2);
    assertThat(printed()).contains("there is no agent nobody, expected one of default");
  }
}
