package voiceagent.e2e;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;

/// Skips tests that need a container engine where there is none; with `REQUIRE_CONTAINERS=true`
/// they fail instead.
final class EngineCondition implements ExecutionCondition {
  private static final Optional<String> PROBLEM = problem();

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    if (PROBLEM.isEmpty()) {
      return ConditionEvaluationResult.enabled("a container engine answers");
    }
    if (Boolean.parseBoolean(System.getenv("REQUIRE_CONTAINERS"))) {
      throw new ExtensionConfigurationException("REQUIRE_CONTAINERS is true, but " + PROBLEM.get());
    }
    return ConditionEvaluationResult.disabled("Skipped: " + PROBLEM.get());
  }

  private static Optional<String> problem() {
    return failure("docker", "version", "--format", "{{.Server.Version}}")
        .map(why -> "no container engine answers (" + why + ")")
        .or(() ->
            failure("docker", "compose", "version")
                .map(why -> "docker has no compose plugin (" + why + ")"));
  }

  /// The last line of a command that fails.
  private static Optional<String> failure(String... command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String said =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      return process.waitFor() == 0
          ? Optional.empty()
          : Optional.of(said.lines().reduce((_, last) -> last).orElse("no reason given"));
    } catch (IOException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.of("interrupted");
    }
  }
}
