package voiceagent.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `./voice-agent chat`, `eval` and `clips` as a newcomer types them, with no key: what the script
/// starts and with which settings. In place of Java and Maven stand scripts that say how they were
/// called; what the tools do themselves is tested where they are.
class CommandTest {
  private static final String JAVA =
      """
      #!/bin/sh
      echo "$*" >> "$NOTES"
      case "$*" in
        *simulators.jar*) exec sleep 60 ;;
        *EvalMain*wait*) echo ready; exec sleep 60 ;;
      esac
      echo "target $TTS_TARGET, model at $GROQ_BASE_URL"
      cat
      exit 3
      """;

  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path folder;

  @SuppressWarnings("NullAway.Init")
  private ServerSocket simulators;

  @BeforeEach
  void prepare() throws IOException {
    Files.copy(Path.of("..", "voice-agent"), folder.resolve("voice-agent"));
    Files.createDirectories(folder.resolve("jdk/bin"));
    Files.writeString(folder.resolve("jdk/release"), "JAVA_VERSION=\"25.0.1\"\n");
    script("jdk/bin/javac", "#!/bin/sh\n");
    script("jdk/bin/java", JAVA);
    Files.createDirectories(folder.resolve("bin"));
    script("bin/mvn", "#!/bin/sh\n");
    simulators = new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1"));
  }

  @AfterEach
  void close() throws IOException {
    simulators.close();
  }

  private void script(String name, String text) throws IOException {
    Files.writeString(folder.resolve(name), text);
    Files.setPosixFilePermissions(
        folder.resolve(name), PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private Process start(String... words) throws IOException {
    String[] command = new String[words.length + 1];
    command[0] = folder.resolve("voice-agent").toString();
    System.arraycopy(words, 0, command, 1, words.length);
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    String port = String.valueOf(simulators.getLocalPort());
    String path = folder.resolve("bin") + ":" + builder.environment().get("PATH");
    builder.environment().clear();
    builder
        .environment()
        .putAll(
            Map.of(
                "PATH", path,
                "JAVA_HOME", folder.resolve("jdk").toString(),
                "NOTES", folder.resolve("notes").toString(),
                "SIM_GROQ_PORT", port,
                "TTS_PORT", port)); // as if tts-service ran already
    return builder.start();
  }

  /// What it printed, and its exit code.
  private String run(String typed, String... words) throws Exception {
    Process process = start(words);
    process.outputWriter(UTF_8).append(typed).close();
    String printed = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    return printed + "exit " + process.exitValue();
  }

  private String notes() throws IOException {
    return Files.readString(folder.resolve("notes"));
  }

  @Test
  void withNoKeyTheSimulatorsAnswerAndTheTalkGoesThrough() throws Exception {
    String url = "http://127.0.0.1:" + simulators.getLocalPort() + "/openai/v1";
    assertThat(run("hello\n", "chat", "--agent", "anna"))
        .contains("No provider key is set: the simulators answer.", "  simulators     pid ")
        .contains("model at " + url, "\nhello\n")
        .endsWith("exit 3");
    assertThat(notes()).contains("ChatMain --agent anna\n");
  }

  @Test
  void clipsAreAskedForWhereTheSpeechStageIs() throws Exception {
    assertThat(run("", "clips", "anna"))
        .contains("target dns:///localhost:" + simulators.getLocalPort() + ",");
    assertThat(notes()).contains("ClipsMain anna\n").doesNotContain("tts-service.jar");
  }

  @Test
  void whoAsksForHelpGetsItAndNothingStarts() throws Exception {
    assertThat(run("", "eval", "--help")).contains("eval FILES").endsWith("exit 0");
    assertThat(folder.resolve("notes")).doesNotExist();
  }

  @Test
  void aSignalEndsTheToolAndTheSimulators() throws Exception {
    Process process = start("eval", "wait.yaml");
    try (var printed = process.inputReader(UTF_8)) {
      assertThat(printed.lines().anyMatch("ready"::equals)).isTrue();
      var children = process.descendants().toList();
      assertThat(children).hasSizeGreaterThanOrEqualTo(2);
      process.destroy();
      assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isEqualTo(130);
      assertThat(children).noneMatch(ProcessHandle::isAlive);
    }
  }
}
