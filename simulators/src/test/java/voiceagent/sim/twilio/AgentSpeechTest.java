package voiceagent.sim.twilio;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AgentSpeechTest {
  private final List<String> told = new ArrayList<>();
  private final AgentSpeech speech =
      new AgentSpeech(
          new AgentSpeech.Listener() {
            @Override
            public void speaks(long at) {
              told.add("speaks " + at);
            }

            @Override
            public void quiet(long at) {
              told.add("quiet " + at);
            }

            @Override
            public void underrun(long from, long to) {
              told.add("underrun " + from + " " + to);
            }
          });

  @Test
  void anUtteranceEndsAfterASecondWithoutAudioWhereTheAudioEnded() {
    speech.audio(100, 0);
    speech.mark("r1.1");
    speech.audio(260, 260);
    speech.dry(420, 8419);
    assertThat(told).containsExactly("speaks 100");
    speech.dry(420, 8420);
    assertThat(told).containsExactly("speaks 100", "quiet 420");
  }

  @Test
  void aDrySpellWithinAReplyIsAnUnderrun_L28() {
    speech.audio(0, 0);
    speech.mark("r1.1");
    speech.audio(500, 160);
    speech.mark("r1.2");
    assertThat(told).containsExactly("speaks 0", "underrun 160 500");
  }

  @Test
  void aDrySpellBetweenTwoRepliesIsNone() {
    speech.audio(0, 0);
    speech.mark("r1.1");
    speech.audio(500, 160);
    speech.mark("r2.2");
    assertThat(told).containsExactly("speaks 0", "quiet 160", "speaks 500");
  }

  @Test
  void theFirstMarkOfAnotherReplyBeginsAnUtteranceWithoutAPause() {
    speech.audio(0, 0);
    speech.mark("r1.1");
    speech.audio(160, 160);
    speech.mark("r2.2");
    speech.audio(320, 320);
    assertThat(told).containsExactly("speaks 0", "quiet 160", "speaks 160");
  }

  @Test
  void aClearEndsTheUtteranceAndWhatFollowsIsAnother() {
    speech.audio(0, 0);
    speech.mark("r1.1");
    speech.cleared(80);
    speech.mark("fence.2");
    speech.audio(400, 80);
    speech.mark("r2.3");
    assertThat(told).containsExactly("speaks 0", "quiet 80", "speaks 400");
  }

  @Test
  void withoutNamesOfRepliesAShortDrySpellIsAnUnderrunToo() {
    speech.audio(0, 0);
    speech.audio(500, 160);
    speech.mark("done");
    speech.audio(1000, 660);
    speech.dry(1160, 9160);
    assertThat(told)
        .containsExactly("speaks 0", "underrun 160 500", "underrun 660 1000", "quiet 1160");
  }

  @Test
  void aLongSilenceWithinAReplyIsNoStutter() {
    speech.audio(0, 0);
    speech.mark("r1.1");
    speech.audio(9000, 160);
    assertThat(told).containsExactly("speaks 0", "quiet 160", "speaks 9000");
  }
}
