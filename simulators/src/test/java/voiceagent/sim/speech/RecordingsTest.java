package voiceagent.sim.speech;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class RecordingsTest {
  private final Recordings recordings = Recordings.load();

  @Test
  void eachRecordingHasAudioAndItsWordsLieWithinIt() {
    assertThat(recordings.all()).hasSize(18);
    for (Utterance utterance : recordings.all()) {
      assertThat(utterance.mulaw().length).as(utterance.name()).isGreaterThan(8000);
      long before = 0;
      for (SpokenWord word : utterance.words()) {
        assertThat(word.start()).as(utterance.name()).isGreaterThanOrEqualTo(before);
        assertThat(word.end()).isGreaterThan(word.start());
        before = word.end();
      }
      assertThat(before).isLessThanOrEqualTo(utterance.mulaw().length);
    }
    assertThat(recordings.get("stop").transcript()).isEqualTo("stop please");
    assertThat(recordings.get("noise").words()).isEmpty();
  }

  @Test
  void aNameThatIsNotThereIsToldWithThoseThatAre() {
    assertThatThrownBy(() -> recordings.get("hello"))
        .hasMessageContaining("no recording is called hello")
        .hasMessageContaining("greeting");
  }

  @Test
  void aStereoFileHoldsBothChannelsInTurn() {
    byte[] file = Wav.stereo(new byte[] {1, 2, 3}, new byte[] {9});
    ByteBuffer header = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    assertThat(header.getInt(4)).isEqualTo(file.length - 8);
    assertThat(header.getShort(22)).isEqualTo((short) 2);
    assertThat(file).endsWith(1, 9, 2, 0xFF, 3, 0xFF);
  }
}
