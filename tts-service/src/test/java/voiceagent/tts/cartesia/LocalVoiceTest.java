package voiceagent.tts.cartesia;

import static org.assertj.core.api.Assertions.assertThat;
import static voiceagent.tts.cartesia.TestStage.assertSame;

import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import voiceagent.tts.local.LocalSynthesizer;
import voiceagent.v1.Failed;
import voiceagent.v1.FailureClass;
import voiceagent.v1.RenderRequest;
import voiceagent.v1.Voice;

/// The stage with `TTS_PROVIDER=local`.
class LocalVoiceTest {
  private static final String[] CLAUSES = {"Sure, I can help with that. ", "What day suits you?"};

  private final TestStage stage =
      new TestStage(Patience.PRESET, Map.of(), (_, meters) -> new LocalSynthesizer(meters));

  @AfterEach
  void close() {
    stage.close();
  }

  @Test
  void aReplyIsSpokenWithItsWordsAndTheProviderIsNotAsked() {
    TestCall call = stage.call();
    call.speakAll(1, CLAUSES);
    HeardReply heard = call.hear(1);
    assertThat(heard.text()).isEqualTo(String.join("", CLAUSES));
    assertThat(heard.clausesDone).containsExactly(0, 1);
    assertThat(heard.audio().length)
        .isEqualTo(stage.audio(CLAUSES[0]).length + stage.audio(CLAUSES[1]).length);
    assertThat(heard.words.get(6).getStartSamples())
        .isGreaterThanOrEqualTo(stage.audio(CLAUSES[0]).length);
    assertThat(heard.done.orElseThrow().getCharacters())
        .isEqualTo(String.join("", CLAUSES).length());
    assertThat(stage.cartesia.handshakes()).isZero();
  }

  @Test
  void aCancelledReplyIsNotTold_L17() {
    TestCall call = stage.call();
    for (long reply = 1; reply <= 50; reply++) {
      call.speakAll(reply, CLAUSES);
      call.cancel(reply);
    }
    call.speakAll(51, "Goodbye.");
    assertSame(call.hear(51).audio(), stage.audio("Goodbye."));
    long newest = 0;
    for (var response : call.all) {
      long reply = response.hasAudio() ? response.getAudio().getReply() : newest;
      assertThat(reply).isGreaterThanOrEqualTo(newest);
      newest = reply;
    }
  }

  @Test
  void theSpeedIsTheCalls() {
    TestCall slow = stage.call(Voice.newBuilder().setSpeed(0.7f).build());
    TestCall fast = stage.call(Voice.newBuilder().setSpeed(1.4f).build());
    slow.speakAll(1, CLAUSES);
    fast.speakAll(1, CLAUSES);
    assertThat(slow.hear(1).audio().length).isGreaterThan(fast.hear(1).audio().length * 3 / 2);
  }

  @Test
  void anotherLanguageIsRefusedForGood() {
    TestCall call = stage.call(Voice.newBuilder().setLanguage("de-DE").build());
    call.speakAll(1, "Guten Tag.");
    Failed failed = call.hear(1).failed.orElseThrow();
    assertThat(failed.getFailureClass()).isEqualTo(FailureClass.FAILURE_CLASS_PERMANENT);
    assertThat(failed.getProvider()).isEqualTo("local");
    assertThat(failed.getDetail()).contains("English only").contains("de-DE");
  }

  @Test
  void aClipIsRendered() {
    var clip =
        stage.blocking().render(RenderRequest.newBuilder().setText("One moment, please.").build());
    assertSame(clip.getAudio().toByteArray(), stage.audio("One moment, please."));
  }
}
