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
    assertThat(losses.lost(at(0), false).orElseThrow())
        .isBetween(Duration.ofMillis(25), Duration.ofMillis(50));
    assertThat(losses.lost(at(1), false).orElseThrow())
        .isBetween(Duration.ofMillis(400), Duration.ofMillis(800));
    assertThat(losses.lost(at(2), false)).isEmpty();
  }

  @Test
  void aResultBetweenThemBeginsTheCountAnew() {
    for (int i = 0; i < 10; i++) {
      assertThat(losses.lost(at(i), false)).isPresent();
      losses.heard();
    }
  }

  @Test
  void slowLossesAreGivenUpAfterFourSeconds() {
    assertThat(losses.lost(at(0), false)).isPresent();
    assertThat(losses.lost(at(5), false)).isEmpty();
  }

  @Test
  void aConnectionThatServedForASecondDidNotFailToBeginWith() {
    for (int i = 0; i < 3; i++) {
      losses.opened(at(3 * i));
      assertThat(losses.lost(at(3 * i + 1), false)).isPresent();
    }
    losses.opened(at(9));
    assertThat(losses.lost(at(12), false)).as("deaf for 11 s").isEmpty();
  }

  @Test
  void muteConnectionsAreLostInARowHoweverLongTheyWereOpen_L9() {
    losses.opened(at(0));
    assertThat(losses.lost(at(2), true)).isPresent();
    losses.opened(at(2));
    assertThat(losses.lost(at(4), true)).isPresent();
    losses.opened(at(4));
    assertThat(losses.lost(at(6), true)).isEmpty();
  }
}
