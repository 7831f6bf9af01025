package voiceagent.e2e;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// Runs a script with a provider's own JavaScript SDK, unmodified, by Node.
///
/// Without Node and npm the test is skipped with that reason, unless `REQUIRE_NODE=true`, as in CI.
final class NodeScript {
  private static final Path SCRIPTS = Path.of("src", "test", "node");
  private static final long INSTALL_SECONDS = 180;
  private static final long RUN_SECONDS = 60;

  private NodeScript() {}

  /// Installs what the folder's package-lock.json names, once, and runs a script of it.
  ///
  /// @param folder below `src/test/node`
  /// @param settings of the environment
  /// @return what it printed
  /// @throws AssertionError with what it printed if it does not exit with 0 within a minute
  static String run(String folder, String script, Map<String, String> settings, String... words) {
    assumeTrue(
        (isThere("node") && isThere("npm")) || "true".equals(System.getenv("REQUIRE_NODE")),
        "Node and npm are not installed");
    Path directory = SCRIPTS.resolve(folder);
    if (!Files.isDirectory(directory.resolve("node_modules"))) {
      var _ =
          run(
              directory,
              Map.of(),
              INSTALL_SECONDS,
              List.of("npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"));
    }
    List<String> command = new ArrayList<>(List.of("node", script));
    command.addAll(List.of(words));
    return run(directory, settings, RUN_SECONDS, command);
  }

  private static boolean isThere(String program) {
    try {
      return new ProcessBuilder(program, "--version")
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start()
          .waitFor(10, TimeUnit.SECONDS);
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static String run(
      Path directory, Map<String, String> settings, long seconds, List<String> command) {
    try {
      Path output = Files.createTempFile("node-", ".log");
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .directory(directory.toFile())
              .redirectErrorStream(true)
              .redirectOutput(output.toFile());
      builder.environment().putAll(settings);
      Process process = builder.start();
      boolean ended = process.waitFor(seconds, TimeUnit.SECONDS);
      if (!ended) {
        process.destroyForcibly();
      }
      String printed = Files.readString(output, StandardCharsets.UTF_8);
      Files.delete(output);
      if (!ended || process.exitValue() != 0) {
        throw new AssertionError(
            String.join(" ", command)
                + (ended ? " ended with " + process.exitValue() : " did not end in time")
                + ":\n"
                + printed);
      }
      return printed;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
