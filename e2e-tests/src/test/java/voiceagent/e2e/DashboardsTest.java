package voiceagent.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What `deploy/observe` asks for exists: metrics by the sources that make them, services and ports
/// by the compose file.
class DashboardsTest {
  private static final Path ROOT = Path.of("..");
  private static final Path OBSERVE = ROOT.resolve("deploy/observe");
  private static final Pattern NAME = Pattern.compile("voiceagent_[a-z_]+");
  private static final Pattern MADE = Pattern.compile("\"(voiceagent_[a-z_]+)\"");

  /// What Prometheus's format adds to the name of a counter or histogram.
  private static final Pattern SUFFIX = Pattern.compile("_(bucket|sum|count|max|total)$");

  @Test
  void eachMetricOfDashboardsAndAlertsIsMadeBySomeService() throws IOException {
    Set<String> made = new HashSet<>();
    for (String module : List.of("gateway", "stt-service", "brain-service", "tts-service")) {
      made.addAll(madeIn(ROOT.resolve(module).resolve("src/main/java")));
    }
    made.addAll(madeIn(ROOT.resolve("service-kit/src/main/java")));
    Set<String> unknown = new TreeSet<>();
    for (String expression : expressions()) {
      NAME.matcher(expression)
          .results()
          .map(MatchResult::group)
          .filter(n -> !made.contains(n) && !made.contains(SUFFIX.matcher(n).replaceFirst("")))
          .forEach(unknown::add);
    }
    assertThat(unknown).isEmpty();
  }

  @Test
  void histogramsAreAskedForAsTheServicesServeThem() {
    try (Stack stack = Stack.start()) {
      String metrics = Http.get(stack.url(), "/metrics").body();
      assertThat(metrics)
          .contains(
              "voiceagent_turn_gap_seconds_bucket", "voiceagent_pacer_lateness_seconds_bucket")
          .contains("voiceagent_stage_replicas{");
    }
  }

  @Test
  void prometheusAsksServicesOfTheComposeFileOnPortsTheyListenOn() throws IOException {
    String compose = Files.readString(ROOT.resolve("deploy/compose.yaml"));
    Pattern.compile("names: \\[([a-z-]+)], type: A, port: ([0-9]+)")
        .matcher(Files.readString(OBSERVE.resolve("prometheus.yml")))
        .results()
        .forEach(job ->
            assertThat(compose)
                .contains("\n  " + job.group(1) + ":\n")
                .containsPattern("(PORT: \"" + job.group(2) + "\")"));
  }

  private static Set<String> madeIn(Path sources) throws IOException {
    Set<String> names = new HashSet<>();
    try (Stream<Path> files = Files.walk(sources)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
        MADE.matcher(Files.readString(file)).results().map(m -> m.group(1)).forEach(names::add);
      }
    }
    return names;
  }

  /// All that dashboards and alerts ask Prometheus for.
  private static List<String> expressions() throws IOException {
    List<String> all = new java.util.ArrayList<>();
    try (Stream<Path> files = Files.list(OBSERVE.resolve("dashboards"))) {
      for (Path file : files.toList()) {
        JsonNode dashboard = new ObjectMapper().readTree(Files.readString(file));
        assertThat(dashboard.path("title").asText()).isNotEmpty();
        dashboard.findValuesAsText("expr").forEach(all::add);
      }
    }
    Files.readString(OBSERVE.resolve("alerts.yml"))
        .lines()
        .filter(l -> l.strip().startsWith("expr:"))
        .forEach(all::add);
    assertThat(all).hasSizeGreaterThan(30);
    return all;
  }
}
