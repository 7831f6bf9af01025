package voiceagent.stt.deepgram;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import voiceagent.kit.audio.Mulaw;

class KeptAudioTest {
  private static byte[] frame(int amplitude) {
    byte[] frame = new byte[160];
    for (int i = 0; i < frame.length; i++) {
      frame[i] = Mulaw.encode((short) (i % 2 == 0 ? amplitude : -amplitude));
    }
    return frame;
  }

  private static void add(KeptAudio kept, int frames, int amplitude) {
    for (int i = 0; i < frames; i++) {
      kept.add(kept.end(), frame(amplitude), 1000 + kept.end());
    }
  }

  @Test
  void whatAFinalCoversIsForgottenToTheSample() {
    KeptAudio kept = new KeptAudio(800);
    add(kept, 10, 1000);
    kept.forget(800 + 500);
    assertThat(kept.start()).isEqualTo(1300);
    KeptAudio.Chunk first = Objects.requireNonNull(kept.at(1300));
    assertThat(first.from(1300)).hasSize(140);
    assertThat(kept.at(1100)).isNull();
    assertThat(kept.at(kept.end())).isNull();
    assertThat(kept.arrival(1301)).isEqualTo(1000 + 1280);
    kept.forget(100);
    assertThat(kept.start()).as("never falls").isEqualTo(1300);
    kept.forget(1_000_000);
    assertThat(kept.start()).as("no further than what came").isEqualTo(kept.end());
  }

  @Test
  void afterAMinuteTheOldestIsForgotten() {
    KeptAudio kept = new KeptAudio(0);
    add(kept, 3100, 1000);
    assertThat(kept.end() - kept.start()).isEqualTo(KeptAudio.MOST_SAMPLES);
    assertThat(kept.at(kept.start())).isNotNull();
  }

  @Test
  void onlyTheMiddleOfALongSilenceMayBeSkipped() {
    KeptAudio kept = new KeptAudio(0);
    add(kept, 10, 1000);
    add(kept, 100, 0);
    add(kept, 10, 1000);
    boolean[] skipped = new boolean[120];
    for (int i = 0; i < skipped.length; i++) {
      skipped[i] = kept.isSkippable(Objects.requireNonNull(kept.at(i * 160L)), 30 * 160);
    }
    boolean[] expected = new boolean[120];
    Arrays.fill(expected, 40, 100, true);
    assertThat(skipped).isEqualTo(expected);
  }

  @Test
  void softSpeechIsNoSilenceAndALineThatHissesNoSpeech() {
    KeptAudio kept = new KeptAudio(0);
    add(kept, 100, 120);
    assertThat(kept.isSkippable(Objects.requireNonNull(kept.at(8000)), 0)).isFalse();
    assertThat(Objects.requireNonNull(kept.at(8000)).voiced()).isFalse();
    add(kept, 1, 1000);
    assertThat(Objects.requireNonNull(kept.at(16_000)).voiced()).isTrue();
  }
}
