package voiceagent.e2e;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import voiceagent.gateway.call.Clips;
import voiceagent.sim.speech.Recordings;
import voiceagent.sim.twilio.CallEvent;
import voiceagent.sim.twilio.Caller;

/// Greeting and phrases in the agent's own voice, made once and kept.
@Execution(ExecutionMode.CONCURRENT)
class OwnVoiceTest {
  private static final Duration DEADLINE = ofSeconds(30);
  private static final Recordings SAY = Recordings.load();
  private static final String GREETING =
      "Hello, this is Sesame from Sesame AI. How can I help you?";

  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path folder;

  private Stack start(Map<String, String> settings) {
    var all = new java.util.HashMap<>(settings);
    all.put("CLIP_DIR", folder.toString());
    return Stack.start(all);
  }

  private long clips() {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(f -> f.toString().endsWith(".clip")).count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean heard(Caller caller, String text, long from) {
    return HeardSpeech.count(caller, text, from) > 0;
  }

  @Test
  void theGreetingIsMadeBeforeTheFirstCallAndPlaysWhenTheCallStarts_L36() {
    int phrases = Clips.Name.values().length;
    try (Stack stack = start(Map.of())) {
      Await.until("the clips to be made", DEADLINE, () -> clips() == phrases);
      for (int call = 0; call < 2; call++) {
        int contexts = stack.providers().cartesia().spoken().size();
        try (Caller caller = stack.dial()) {
          caller.awaitAgentSpeaking(DEADLINE);
          long begin = caller.recording().events(CallEvent.AgentSpeaks.class).getFirst().at();
          System.out.println(
              "From the start of the stream to the greeting's first sound: " + begin / 8 + " ms");
          caller.await("the greeting", DEADLINE, () -> heard(caller, GREETING, begin));
          assertThat(stack.providers().cartesia().spoken()).hasSize(contexts);
          if (call == 1) {
            apology(stack, caller);
          }
        }
      }
    }
    try (Stack again = start(Map.of());
        Caller caller = again.dial()) {
      caller.await("the greeting", DEADLINE, () -> heard(caller, GREETING, 0));
      assertThat(again.providers().cartesia().spoken()).as("made again").isEmpty();
      assertThat(clips()).isEqualTo(phrases);
    }
    try (Stack other = start(Map.of("CARTESIA_MODEL", "sonic-2"))) {
      Await.until("the clips to be made by another model", DEADLINE, () -> clips() == 2L * phrases);
      assertThat(other.providers().cartesia().spoken()).hasSize(phrases);
    }
  }

  /// The greeting is remembered; when the model is down the agent says so in its own voice.
  private static void apology(Stack stack, Caller caller) {
    caller.awaitAgentQuiet(DEADLINE).says(SAY.get("booking")).awaitAgentSpeaking(DEADLINE);
    assertThat(stack.providers().groq().lastPrompt()).contains("assistant: " + GREETING);
    caller.awaitAgentQuiet(DEADLINE);
    long down = HeardClips.now(caller);
    stack.providers().groq().failNext(6, 503);
    caller.says(SAY.get("noisy"));
    caller.await("an apology", DEADLINE, () -> heard(caller, Clips.Name.APOLOGY.text(), down));
  }

  @Test
  void eachAgentHasItsVoiceSpeedLanguageAndPronunciation() throws IOException {
    Path agents = Files.createDirectories(folder.resolve("agents"));
    Files.writeString(
        agents.resolve("default.yaml"),
        """
        name: Robin
        language: en-GB
        greeting: Good morning, this is Robin.
        voice:
          id: 00000000-0000-4000-8000-0000000000bb
          speed: 0.8
          pronunciation: dictionary-7
        """);
    try (Stack stack = Stack.start(Map.of("AGENTS_DIR", agents.toString(), "CLIP_DIR", "off"));
        Caller caller = stack.dial()) {
      caller.awaitAgentSpeaking(DEADLINE).awaitAgentQuiet(DEADLINE);
      var request = stack.providers().cartesia().requests().getFirst();
      assertThat(request.at("/voice/id").asText())
          .isEqualTo("00000000-0000-4000-8000-0000000000bb");
      assertThat(request.at("/generation_config/speed").asDouble()).isBetween(0.799, 0.801);
      assertThat(request.path("language").asText()).isEqualTo("en");
      assertThat(request.path("pronunciation_dict_id").asText()).isEqualTo("dictionary-7");
      assertThat(stack.providers().cartesia().refusals()).isEmpty();
    }
  }
}
