package voiceagent.stt.deepgram;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class LossesTest {
  private final Losses losses = new Losses();

  private static long at(int seconds) {
    return Duration.ofSeconds(seconds).toNanos();
  }

  @Test
  void theThirdLossInARowIsOneTooMany_L15() {
    assertThat(losses.lost(at(0)).orElseThrow())
        .isBetween(Duration.ofMillis(25), Duration.ofMillis(50));
    assertThat(losses.lost(at(1)).orElseThrow())
        .isBetween(Duration.ofMillis(400), Duration.ofMillis(800));
    assertThat(losses.lost(at(2))).isEmpty();
  }

  @Test
  void aResultBetweenThemBeginsTheCountAnew() {
    for (int i = 0; i < 10; i++) {
      assertThat(losses.lost(at(i))).isPresent();
      losses.result();
    }
  }

  @Test
  void slowLossesAreGivenUpAfterFourSeconds() {
    assertThat(losses.lost(at(0))).isPresent();
    assertThat(losses.lost(at(5))).isEmpty();
  }
}
