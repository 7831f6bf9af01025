package voiceagent.kit.audio;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MulawTest {
  @Test
  void everyCodeSurvivesDecodingAndEncoding() {
    for (int code = 0; code < 256; code++) {
      byte mulaw = (byte) code;
      byte again = Mulaw.encode(Mulaw.decode(mulaw));
      // 0x7F is the second zero; encoders write 0xFF.
      assertThat(again).isEqualTo(code == 0x7F ? Mulaw.SILENCE : mulaw);
    }
  }

  @Test
  void theEndsOfTheScaleAreThoseOfG711() {
    assertThat(Mulaw.decode((byte) 0x00)).isEqualTo((short) -32124);
    assertThat(Mulaw.decode((byte) 0x80)).isEqualTo((short) 32124);
    assertThat(Mulaw.decode(Mulaw.SILENCE)).isZero();
    assertThat(Mulaw.encode(Short.MIN_VALUE)).isEqualTo((byte) 0x00);
    assertThat(Mulaw.encode(Short.MAX_VALUE)).isEqualTo((byte) 0x80);
  }

  @Test
  void bytesAreLittleEndianSamples() {
    byte[] pcm = Mulaw.decode(new byte[] {(byte) 0x80, (byte) 0x00});
    assertThat(pcm).containsExactly(0x7C, 0x7D, (byte) 0x84, (byte) 0x82);
    assertThat(Mulaw.encode(pcm)).containsExactly(0x80, 0x00);
  }
}
