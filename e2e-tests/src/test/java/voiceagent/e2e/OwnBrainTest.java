package voiceagent.e2e;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import voiceagent.sim.speech.Recordings;
import voiceagent.sim.twilio.Caller;

/// The example of docs/own-brain.md takes the place of our brain, by `BRAIN_TARGET` alone.
class OwnBrainTest {
  private static final Duration DEADLINE = ofSeconds(20);
  private static final Recordings SAY = Recordings.load();
  private static final Path FOLDER = Path.of("src", "test", "node", "own-brain");

  @Test
  void aBrainInNodeAnswersCallsAndHangsUp() throws IOException {
    assertThat(NodeScript.run("own-brain", "server.mjs", Map.of("PORT", "0"), "--check"))
        .contains("own brain on port");
    ProcessBuilder builder =
        new ProcessBuilder("node", "server.mjs")
            .directory(FOLDER.toFile())
            .redirectErrorStream(true);
    builder.environment().put("PORT", "0");
    Process brain = builder.start();
    try (BufferedReader out =
        new BufferedReader(new InputStreamReader(brain.getInputStream(), StandardCharsets.UTF_8))) {
      String port = Objects.requireNonNull(out.readLine()).replaceFirst("^.* ", "");
      try (Stack stack = Stack.start(Map.of("BRAIN_TARGET", "dns:///127.0.0.1:" + port));
          Caller caller = stack.dial()) {
        caller.awaitAgentSpeaking(DEADLINE).awaitAgentQuiet(DEADLINE);
        caller.says(SAY.get("hours")).awaitAgentSpeaking(DEADLINE).awaitAgentQuiet(DEADLINE);
        assertThat(stack.providers().cartesia().spoken().getLast().text())
            .isEqualTo(
                "This is Sesame. You asked 1 times so far. The last was: are you open late on"
                    + " friday evenings this month.");
        assertThat(stack.providers().groq().requests()).isEmpty();
        caller.says(SAY.get("bye"));
        assertThat(caller.awaitEnd(DEADLINE).reason()).contains("Hangup");
        assertThat(stack.providers().cartesia().spoken().getLast().text())
            .isEqualTo("Thank you for calling. Goodbye!");
      }
    } finally {
      brain.destroyForcibly();
    }
  }
}
