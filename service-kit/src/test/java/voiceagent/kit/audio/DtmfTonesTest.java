package voiceagent.kit.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class DtmfTonesTest {
  /// How much of a frequency is in the audio. Source: Goertzel, 1958.
  private static double power(byte[] mulaw, double hertz) {
    double step = 2 * Math.cos(2 * Math.PI * hertz / AudioFrame.RATE);
    double last = 0;
    double before = 0;
    for (byte code : mulaw) {
      double next = Mulaw.decode(code) + step * last - before;
      before = last;
      last = next;
    }
    return last * last + before * before - step * last * before;
  }

  @Test
  void aKeyIsItsTwoTonesAndNoOther() {
    byte[] five = Arrays.copyOf(DtmfTones.of("5"), 800);
    double wanted = Math.min(power(five, 770), power(five, 1336));
    for (double other : new double[] {697, 852, 941, 1209, 1477, 1633}) {
      assertThat(power(five, other)).isLessThan(wanted / 100);
    }
  }

  @Test
  void keysComeOneAfterTheOtherWithPauses() {
    assertThat(DtmfTones.of("1w2")).hasSize(1280 + 4000 + 1280);
    assertThat(DtmfTones.of("")).isEmpty();
  }

  @Test
  void anythingElseIsNoKey() {
    assertThatThrownBy(() -> DtmfTones.of("12x"))
        .hasMessageContaining("none of 0-9")
        .message()
        .doesNotContain("12x");
  }
}
