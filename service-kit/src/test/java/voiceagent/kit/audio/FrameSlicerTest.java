package voiceagent.kit.audio;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FrameSlicerTest {
  @Test
  void whateverTheSizesInTheBytesOutAreTheSameInFramesOf160() {
    Random random = new Random(7);
    FrameSlicer slicer = new FrameSlicer();
    ByteArrayOutputStream in = new ByteArrayOutputStream();
    List<AudioFrame> out = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      byte[] piece = new byte[random.nextInt(700)];
      random.nextBytes(piece);
      in.writeBytes(piece);
      slicer.add(piece, out::add);
    }
    assertThat(out).allMatch(f -> f.length() == AudioFrame.SAMPLES);
    int pending = slicer.pending();
    slicer.flush().ifPresent(out::add);
    ByteArrayOutputStream joined = new ByteArrayOutputStream();
    out.forEach(f -> joined.writeBytes(f.mulaw()));
    byte[] all = joined.toByteArray();
    assertThat(Arrays.copyOf(all, in.size())).isEqualTo(in.toByteArray());
    assertThat(all.length - in.size()).isEqualTo(pending == 0 ? 0 : 160 - pending);
    for (int i = in.size(); i < all.length; i++) {
      assertThat(all[i]).isEqualTo(Mulaw.SILENCE);
    }
  }

  @Test
  void nothingPendingFlushesNothing() {
    assertThat(new FrameSlicer().flush()).isEmpty();
  }
}
