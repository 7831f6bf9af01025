package voiceagent.e2e;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import voiceagent.sim.speech.Recordings;
import voiceagent.sim.twilio.Caller;

/// Prints what it saves a caller that answers are begun before a turn is over for certain.
@Tag("soak")
class EagerFiguresTest {
  private static final Duration DEADLINE = ofSeconds(20);
  private static final Recordings SAY = Recordings.load();
  private static final int TURNS = 10;

  @ParameterizedTest
  @ValueSource(strings = {"", "0.4"})
  void fromTheCallersLastWordToTheAnswer(String threshold) {
    try (Stack stack =
            Stack.start(
                Map.of(
                    "DEEPGRAM_MODEL",
                    "flux-general-en",
                    "DEEPGRAM_EAGER_EOT_THRESHOLD",
                    threshold));
        Caller caller = stack.dial()) {
      caller.awaitAgentSpeaking(DEADLINE).awaitAgentQuiet(DEADLINE);
      List<Duration> delays = new ArrayList<>();
      for (int i = 0; i < TURNS; i++) {
        caller.says(SAY.get("greeting")).awaitAgentSpeaking(DEADLINE).awaitAgentQuiet(DEADLINE);
        delays.add(caller.answerDelay().orElseThrow());
      }
      delays.sort(Duration::compareTo);
      System.out.printf(
          "eager threshold %-4s %d turns: last word to answer p50 %d ms, most %d ms%n",
          threshold.isEmpty() ? "none" : threshold,
          TURNS,
          delays.get(TURNS / 2).toMillis(),
          delays.getLast().toMillis());
      assertThat(delays).hasSize(TURNS);
    }
  }
}
