package voiceagent.brain.route;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import voiceagent.kit.agent.Agent;
import voiceagent.kit.agent.Agents;
import voiceagent.kit.agent.RouteSpec;
import voiceagent.kit.config.Settings;

/// How well the preset routes tell what callers want, on utterances that were written before their
/// examples and thresholds. `tuning.tsv` is what the thresholds were set on.
class RouteFiguresTest {
  private static final String NONE = "-";

  @SuppressWarnings("NullAway.Init")
  private static SemanticRouter router;

  @SuppressWarnings("NullAway.Init")
  private static List<RouteSpec> routes;

  private record Case(String route, String text) {}

  /// @param right on topic, and its route answers
  /// @param wrong another route than the right one answers, or one where none should
  private record Figures(int onTopic, int offTopic, int right, int wrong, int wrongOffTopic) {
    double recall() {
      return right / (double) onTopic;
    }

    double falseAccepts() {
      return wrong / (double) (onTopic + offTopic);
    }

    double falseAcceptsOffTopic() {
      return wrongOffTopic / (double) offTopic;
    }

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "%d on topic, %d off topic: recall %.1f %%, false accepts %.1f %% of all, %.1f %% of those"
              + " off topic",
          onTopic,
          offTopic,
          100 * recall(),
          100 * falseAccepts(),
          100 * falseAcceptsOffTopic());
    }
  }

  @BeforeAll
  static void load() {
    Settings settings =
        Settings.of(
            voiceagent.brain.BrainMain.class,
            Map.of("AGENT_NAME", "Sesame", "COMPANY_NAME", "Sesame AI"));
    routes = Agents.from(settings).of(Agent.DEFAULT, "").brain().routes();
    router = new SemanticRouter(MiniLm.now(), routes, Routes.otherTalk());
  }

  @Test
  void theHeldOutUtterancesAreRoutedAsTheyShould() throws IOException {
    List<Case> cases = cases("held-out.tsv");
    Figures figures = figures(cases, true);
    System.out.println("held out: " + figures);
    assertThat(cases).hasSizeGreaterThanOrEqualTo(200);
    assertThat(figures.offTopic()).isGreaterThanOrEqualTo((int) Math.ceil(cases.size() * 0.3));
    assertThat(figures.recall()).isGreaterThanOrEqualTo(0.85);
    assertThat(figures.falseAccepts()).isLessThanOrEqualTo(0.02);
    assertThat(figures.falseAcceptsOffTopic()).isLessThanOrEqualTo(0.02);
  }

  @Test
  void theHeldOutUtterancesAreAmongNoExamples() throws IOException {
    List<String> known = new ArrayList<>(Routes.otherTalk());
    routes.forEach(r -> known.addAll(r.examples()));
    List<String> plain = known.stream().map(RouteFiguresTest::plain).toList();
    for (Case held : cases("held-out.tsv")) {
      assertThat(plain).doesNotContain(plain(held.text()));
    }
  }

  @Test
  void theUtterancesForTuningAreRoutedAsTheyShould() throws IOException {
    Figures figures = figures(cases("tuning.tsv"), false);
    System.out.println("tuning: " + figures);
    if (Boolean.getBoolean("routes.sweep")) {
      sweep(cases("tuning.tsv"));
    }
    assertThat(figures.recall()).isGreaterThanOrEqualTo(0.85);
    assertThat(figures.wrong()).isLessThanOrEqualTo(1);
  }

  @Test
  void answersOfAFewWordsGoToTheModel() {
    for (String answer : List.of("Yeah, sure.", "Okay.", "No.", "Yes please.", "Hm.", "I am")) {
      assertThat(router.route(answer)).as(answer).isEmpty();
    }
  }

  private static String plain(String text) {
    return text.toLowerCase(Locale.ROOT).replaceAll("[^a-z ]", "").strip();
  }

  private static Figures figures(List<Case> cases, boolean print) {
    int onTopic = 0;
    int right = 0;
    int wrong = 0;
    int wrongOffTopic = 0;
    for (Case next : cases) {
      String got = router.route(next.text()).map(RouteSpec::name).orElse(NONE);
      boolean off = next.route().equals(NONE);
      onTopic += off ? 0 : 1;
      right += !off && got.equals(next.route()) ? 1 : 0;
      boolean accepted = !got.equals(NONE) && !got.equals(next.route());
      wrong += accepted ? 1 : 0;
      wrongOffTopic += accepted && off ? 1 : 0;
      if (print && accepted) {
        System.out.println("  false accept: " + next.text() + " -> " + got);
      }
    }
    return new Figures(onTopic, cases.size() - onTopic, right, wrong, wrongOffTopic);
  }

  /// Prints what other thresholds would do.
  private static void sweep(List<Case> cases) {
    for (double threshold = 0.2; threshold < 0.7; threshold += 0.05) {
      for (double lead = 0; lead < 0.16; lead += 0.03) {
        int right = 0;
        int wrong = 0;
        for (Case next : cases) {
          Optional<SemanticRouter.Likeness> likeness = router.nearest(next.text());
          double least = threshold;
          double ahead = lead;
          String got =
              likeness
                  .filter(l -> l.likeness() >= least && l.lead() >= ahead)
                  .map(l -> l.route().name())
                  .orElse(NONE);
          right += !next.route().equals(NONE) && got.equals(next.route()) ? 1 : 0;
          wrong += !got.equals(NONE) && !got.equals(next.route()) ? 1 : 0;
        }
        System.out.printf(
            Locale.ROOT,
            "threshold %.2f lead %.2f: %d right, %d wrong%n",
            threshold,
            lead,
            right,
            wrong);
      }
    }
  }

  private static List<Case> cases(String file) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(RouteFiguresTest.class.getResourceAsStream(file), file)) {
      return Arrays.stream(new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n", -1))
          .filter(l -> !l.isBlank() && !l.startsWith("#"))
          .map(l -> l.split("\t", 2))
          .map(p -> new Case(p[0], p[1]))
          .toList();
    }
  }
}
