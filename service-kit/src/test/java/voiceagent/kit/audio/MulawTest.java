package voiceagent.kit.audio;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.zip.GZIPInputStream;
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

  /// The file holds what sox 14.4.2 makes, without dither, of -32768 to 32767 in order.
  @Test
  void everySampleIsEncodedAsSoxDoes() throws IOException {
    try (InputStream packed =
            Objects.requireNonNull(
                MulawTest.class.getResourceAsStream("mulaw-of-every-sample.gz"));
        InputStream in = new GZIPInputStream(packed)) {
      byte[] expected = in.readAllBytes();
      byte[] encoded = new byte[65536];
      for (int pcm = Short.MIN_VALUE; pcm <= Short.MAX_VALUE; pcm++) {
        encoded[pcm - Short.MIN_VALUE] = Mulaw.encode((short) pcm);
      }
      assertThat(encoded).isEqualTo(expected);
    }
  }

  @Test
  void bytesAreLittleEndianSamples() {
    byte[] pcm = Mulaw.decode(new byte[] {(byte) 0x80, (byte) 0x00});
    assertThat(pcm).containsExactly(0x7C, 0x7D, (byte) 0x84, (byte) 0x82);
    assertThat(Mulaw.encode(pcm)).containsExactly(0x80, 0x00);
  }
}
