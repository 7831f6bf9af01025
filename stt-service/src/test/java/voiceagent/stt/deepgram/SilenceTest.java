package voiceagent.stt.deepgram;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class SilenceTest {
  private final Silence silence = new Silence();
  private long now;

  /// 20 ms of real time.
  private boolean frame(boolean voiced) {
    now += Duration.ofMillis(20).toNanos();
    silence.sent(voiced, 160, now);
    return silence.isSuspicious(Duration.ofSeconds(2), now);
  }

  private int framesUntilSuspicious(int voiced) {
    for (int i = 1; i <= 500; i++) {
      if (frame(i <= voiced)) {
        return i;
      }
    }
    return -1;
  }

  @Test
  void speechWithoutAnAnswerIsSuspiciousAfterTwoSecondsThoughTheCallerWaits_L9() {
    assertThat(framesUntilSuspicious(30)).isBetween(100, 102);
  }

  @Test
  void silenceAndAClickAskForNoAnswer() {
    assertThat(framesUntilSuspicious(0)).isEqualTo(-1);
    assertThat(framesUntilSuspicious(5)).isEqualTo(-1);
  }

  @Test
  void anyMessageIsALife() {
    for (int i = 0; i < 500; i++) {
      if (i % 90 == 0) {
        silence.heard();
      }
      assertThat(frame(true)).isFalse();
    }
  }

  @Test
  void audioThatComesFastGivesTheProviderTimeAllTheSame() {
    for (int i = 0; i < 1000; i++) {
      silence.sent(true, 160, now);
    }
    assertThat(silence.isSuspicious(Duration.ofSeconds(2), now)).isFalse();
    assertThat(silence.isSuspicious(Duration.ofSeconds(2), now + Duration.ofSeconds(2).toNanos()))
        .isTrue();
  }
}
