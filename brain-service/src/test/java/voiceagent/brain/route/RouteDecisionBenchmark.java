package voiceagent.brain.route;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import voiceagent.brain.BrainMain;
import voiceagent.kit.agent.Agent;
import voiceagent.kit.agent.Agents;
import voiceagent.kit.config.Settings;

/// Prints how long a decision takes; docs/performance.md has the command and the figures.
@Tag("soak")
class RouteDecisionBenchmark {
  private static final int WARM_UP = 300;
  private static final int DECISIONS = 2000;

  private static final List<String> ASKED =
      List.of(
          "How much would it be for two rooms, roughly?",
          "Stop, please.",
          "Who am I talking to right now?",
          "I would like to move my appointment to next Thursday, at half past three if possible.",
          "Are you open on Sundays?");

  @Test
  void timesOfDecisions() throws Exception {
    long begun = System.nanoTime();
    Embeddings model = MiniLm.now();
    long loaded = System.nanoTime();
    var routes =
        Agents.from(
                Settings.of(
                    BrainMain.class, Map.of("AGENT_NAME", "Sesame", "COMPANY_NAME", "Sesame AI")))
            .of(Agent.DEFAULT, "")
            .brain()
            .routes();
    SemanticRouter router = new SemanticRouter(model, routes, Routes.otherTalk());
    long made = System.nanoTime();
    System.out.printf(
        Locale.ROOT,
        "model loaded in %d ms, routes of the preset agent made ready in %d ms%n",
        (loaded - begun) / 1_000_000,
        (made - loaded) / 1_000_000);
    measure(router, WARM_UP);
    for (int threads : new int[] {1, 2, 4}) {
      try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
        List<Future<long[]>> runs =
            java.util.stream.IntStream.range(0, threads)
                .mapToObj(_ -> pool.submit(() -> measure(router, DECISIONS / threads)))
                .toList();
        long[] all = new long[0];
        for (Future<long[]> run : runs) {
          long[] times = run.get();
          all = Arrays.copyOf(all, all.length + times.length);
          System.arraycopy(times, 0, all, all.length - times.length, times.length);
        }
        Arrays.sort(all);
        System.out.printf(
            Locale.ROOT,
            "%d threads: p50 %.2f ms, p95 %.2f ms, p99 %.2f ms%n",
            threads,
            all[all.length / 2] / 1e6,
            all[all.length * 95 / 100] / 1e6,
            all[all.length * 99 / 100] / 1e6);
      }
    }
    assertThat(router.route(ASKED.get(1))).isPresent();
  }

  private static long[] measure(SemanticRouter router, int count) {
    long[] times = new long[count];
    for (int i = 0; i < count; i++) {
      long begun = System.nanoTime();
      var _ = router.route(ASKED.get(i % ASKED.size()));
      times[i] = System.nanoTime() - begun;
    }
    return times;
  }
}
