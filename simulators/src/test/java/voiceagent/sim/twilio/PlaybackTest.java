package voiceagent.sim.twilio;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import voiceagent.kit.audio.AudioFrame;

class PlaybackTest {
  private final List<String> heard = new ArrayList<>();
  private final Playback playback =
      new Playback(
          0,
          new Playback.Ear() {
            @Override
            public void played(long from, byte[] mulaw, int offset, int length) {
              heard.add("%d+%d:%d".formatted(from, length, mulaw[offset]));
            }

            @Override
            public void reached(long at, String mark, boolean played) {
              heard.add(mark + "@" + at + (played ? "" : " cleared"));
            }
          });

  private static AudioFrame frame(int length, int value) {
    byte[] bytes = new byte[length];
    java.util.Arrays.fill(bytes, (byte) value);
    return AudioFrame.of(bytes);
  }

  @Test
  void audioIsPlayedFromItsArrivalAndThenWithoutGap() {
    assertThat(playback.media(1000, frame(160, 1))).isEqualTo(OptionalLong.of(1000));
    assertThat(playback.media(1000, frame(400, 2))).isEqualTo(OptionalLong.of(1160));
    playback.advance(1100);
    playback.advance(1300);
    playback.advance(5000);
    assertThat(heard).containsExactly("1000+100:1", "1100+60:1", "1160+140:2", "1300+260:2");
    assertThat(playback.dry()).isTrue();
    assertThat(playback.playhead()).isEqualTo(1560);
    assertThat(playback.media(5000, frame(160, 3))).isEqualTo(OptionalLong.of(5000));
  }

  @Test
  void aMarkIsReachedWhereTheAudioBeforeItEnds() {
    playback.media(0, frame(160, 1));
    playback.mark(0, "a");
    playback.media(0, frame(160, 2));
    playback.mark(0, "b");
    assertThat(playback.nextMark()).isEqualTo(OptionalLong.of(160));
    playback.advance(159);
    assertThat(heard).containsExactly("0+159:1");
    assertThat(playback.nextMark()).isEqualTo(OptionalLong.of(160));
    playback.advance(160);
    assertThat(heard.getLast()).isEqualTo("a@160");
    assertThat(playback.nextMark()).isEqualTo(OptionalLong.of(320));
    playback.advance(9000);
    assertThat(heard.getLast()).isEqualTo("b@320");
    assertThat(playback.nextMark()).isEmpty();
  }

  @Test
  void aMarkWithNothingToPlayIsReachedAtOnce_S18() {
    playback.mark(700, "idle");
    assertThat(heard).containsExactly("idle@700");
  }

  @Test
  void aClearThrowsAwayTheRestAndReturnsAllMarksInOrder_S19() {
    playback.media(0, frame(160, 1));
    playback.mark(0, "played");
    playback.media(0, frame(800, 2));
    playback.mark(0, "a");
    playback.media(0, frame(800, 3));
    playback.mark(0, "b");
    assertThat(playback.clear(260)).isEqualTo(1500);
    assertThat(heard)
        .containsExactly("0+160:1", "played@160", "160+100:2", "a@260 cleared", "b@260 cleared");
    playback.media(300, frame(160, 4));
    playback.advance(1000);
    assertThat(heard.getLast()).isEqualTo("300+160:4");
  }

  @Test
  void aFullBufferRefusesMore() {
    for (int second = 0; second < Playback.MAX_SAMPLES / 8000; second++) {
      assertThat(playback.media(0, frame(8000, 1))).isPresent();
    }
    assertThat(playback.media(0, frame(1, 1))).isEmpty();
    assertThat(playback.media(1, frame(1, 1))).isPresent();
  }

  @Test
  void behindAJitterBufferAudioIsHeardLaterAndAClearTakesEffectAtOnce() {
    playback.buffer(800);
    assertThat(playback.media(1000, frame(160, 1))).isEqualTo(OptionalLong.of(1800));
    assertThat(playback.media(1200, frame(160, 2))).isEqualTo(OptionalLong.of(1960));
    playback.advance(1799);
    assertThat(heard).isEmpty();
    playback.advance(1810);
    assertThat(heard).containsExactly("1800+10:1");
    playback.mark(1810, "a");
    assertThat(playback.clear(1820)).isEqualTo(300);
    assertThat(heard).last().isEqualTo("a@1820 cleared");
    assertThat(playback.media(1830, frame(160, 3))).isEqualTo(OptionalLong.of(2630));
    playback.clear(1900);
    assertThat(playback.media(1910, frame(160, 4))).isEqualTo(OptionalLong.of(2710));
  }
}
