package voiceagent.gateway.stage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import voiceagent.kit.audio.AudioFrame;

class CallerAudioBufferTest {
  private final CallerAudioBuffer buffer = new CallerAudioBuffer();

  @Test
  void keepsAllUntilConfirmed_L11() {
    assertThat(buffer.add(frame(160))).isZero();
    assertThat(buffer.add(frame(100))).isEqualTo(160);
    assertThat(buffer.add(frame(160))).isEqualTo(260);
    assertThat(kept()).containsExactly(0L, 160L, 260L);
    buffer.confirm(200);
    assertThat(kept()).containsExactly(160L, 260L);
    buffer.confirm(420);
    assertThat(kept()).isEmpty();
    assertThat(buffer.start()).isEqualTo(buffer.end()).isEqualTo(420);
  }

  @Test
  void forgetsTheOldestWhenFullAndCountsIt() {
    for (int i = 0; i < 61 * 50; i++) {
      buffer.add(frame(160));
    }
    assertThat(buffer.end() - buffer.start()).isEqualTo(CallerAudioBuffer.MAX_SAMPLES);
    assertThat(buffer.lost()).isEqualTo(8000);
  }

  private List<Long> kept() {
    List<Long> offsets = new ArrayList<>();
    buffer.forEach((offset, _) -> offsets.add(offset));
    return offsets;
  }

  private static AudioFrame frame(int samples) {
    return AudioFrame.of(new byte[samples]);
  }
}
