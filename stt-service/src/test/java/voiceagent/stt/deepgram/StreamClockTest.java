package voiceagent.stt.deepgram;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StreamClockTest {
  @Test
  void aConnectionOfMidCallCountsFromItsOrigin() {
    StreamClock clock = new StreamClock(80_000);
    clock.sent(80_000, 160);
    clock.sent(80_160, 160);
    assertThat(clock.offset(0)).isEqualTo(80_000);
    assertThat(clock.offset(0.04)).isEqualTo(80_320);
    assertThat(clock.offset(-1)).isEqualTo(80_000);
    assertThat(clock.position()).isEqualTo(320);
  }

  @Test
  void skippedSilenceIsPassedOverAndFillersTakeNoTime() {
    StreamClock clock = new StreamClock(1000);
    clock.filled(160);
    clock.sent(1000, 800);
    clock.sent(9000, 800);
    assertThat(clock.offset(0.01)).as("within the filler").isEqualTo(1000);
    assertThat(clock.offset(0.02)).isEqualTo(1000);
    assertThat(clock.offset(0.02 + 0.05)).isEqualTo(1400);
    assertThat(clock.offset(0.02 + 0.1)).as("at the skip").isEqualTo(9000);
    assertThat(clock.offset(0.02 + 0.15)).isEqualTo(9400);
  }

  @Test
  void onlyTheLatestStretchesAreKept() {
    StreamClock clock = new StreamClock(0);
    for (int i = 0; i < 1000; i++) {
      clock.sent(i * 1000L, 160);
    }
    assertThat(clock.offset(999 * 0.02 + 0.01)).isEqualTo(999_080);
    assertThat(clock.offset(0)).isGreaterThan(700_000);
  }
}
