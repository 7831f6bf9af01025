package voiceagent.kit.audio;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LoudnessTest {
  @Test
  void silenceHasNoneAndAFullSquareWaveHasAll() {
    byte[] audio = {Mulaw.SILENCE, Mulaw.SILENCE, (byte) 0x00, (byte) 0x80};
    assertThat(Loudness.rms(audio, 0, 2)).isZero();
    assertThat(Loudness.rms(audio, 2, 4)).isEqualTo(32124);
  }
}
