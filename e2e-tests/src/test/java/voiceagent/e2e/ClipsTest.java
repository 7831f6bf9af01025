package voiceagent.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import voiceagent.gateway.ClipsMain;
import voiceagent.gateway.GatewayMain;
import voiceagent.kit.config.Settings;
import voiceagent.sim.speech.Recordings;

/// Clips of an agent, from a recording and by the speech stage.
class ClipsTest {
  private static final String ANNA =
      """
      name: Anna
      greeting: Hello, this is Anna.
      routes:
        - name: hours
          examples: [When are you open, What are your hours, Are you open on Sunday]
          answer: From nine to five.
          recording: hours.wav
        - name: personal
          examples: [Who am I, What is my name, Do you know me]
          answer: You are {{customer}}.
      """;

  @TempDir Path agents = Path.of("");

  private String build(Stack stack, int code) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Settings settings =
        Settings.of(
            GatewayMain.class,
            Map.of("AGENTS_DIR", agents.toString(), "TTS_TARGET", stack.ttsTarget()));
    assertThat(
            ClipsMain.run(
                settings, List.of("anna"), new PrintStream(out, true, StandardCharsets.UTF_8)))
        .as(out.toString(StandardCharsets.UTF_8))
        .isEqualTo(code);
    return out.toString(StandardCharsets.UTF_8);
  }

  private List<Path> clips() throws IOException {
    try (Stream<Path> files = Files.list(agents.resolve("clips/anna"))) {
      return files.sorted().toList();
    }
  }

  @Test
  void clipsAreMadeOnceAndMadeAgainWhenTheirTextChanges() throws IOException {
    Files.writeString(agents.resolve("anna.yaml"), ANNA);
    try (var wav =
        Objects.requireNonNull(Recordings.class.getResourceAsStream("hours.wav"), "hours.wav")) {
      Files.write(agents.resolve("hours.wav"), wav.readAllBytes());
    }
    try (Stack stack = Stack.start()) {
      assertThat(build(stack, 0))
          .contains("personal has variables of the call: no clip")
          .containsPattern("\\[1/2] anna: greeting synthesised, \\d\\.\\d s")
          .containsPattern("\\[2/2] anna: hours from its recording, 3\\.\\d s")
          .contains("All clips are there.");
      assertThat(clips()).hasSize(2);
      assertThat(clips().stream().map(f -> f.getFileName().toString()))
          .contains(ClipNames.of("From nine to five."), ClipNames.of("Hello, this is Anna."));
      int spoken = stack.providers().cartesia().spoken().size();

      assertThat(build(stack, 0)).contains("greeting is there", "hours is there");
      assertThat(stack.providers().cartesia().spoken()).hasSize(spoken);

      Files.writeString(
          agents.resolve("anna.yaml"), ANNA.replace("Hello, this is Anna.", "Good day."));
      assertThat(build(stack, 0))
          .containsPattern("greeting synthesised")
          .contains("hours is there")
          .containsPattern("deleted .*\\.ulaw");
      assertThat(clips()).hasSize(2);
    }
  }

  @Test
  void whatCannotBeMadeIsTold() throws IOException {
    Files.writeString(agents.resolve("anna.yaml"), ANNA.replace("{{customer}}", "somebody"));
    Files.writeString(agents.resolve("hours.wav"), "no sound");
    try (Stack stack = Stack.start()) {
      assertThat(build(stack, 1))
          .contains("hours FAILED:", "is no WAV file", "1 clips could not be made.");
    }
  }
}
