package voiceagent.stt;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import voiceagent.sim.speech.Recordings;
import voiceagent.sim.speech.Utterance;
import voiceagent.v1.FailureClass;
import voiceagent.v1.OpenTranscription;
import voiceagent.v1.TranscribeResponse;
import voiceagent.v1.Word;

/// What the stage hears by itself, without Deepgram.
class LocalTest {
  private final Recordings recordings = Recordings.load();
  private final SttStack stack = new SttStack(Map.of("STT_PROVIDER", "local"));

  @AfterEach
  void close() {
    stack.close();
  }

  @Test
  void aPhraseIsAFewInterimsThenATurnWithTheTimesOfItsWords() {
    Utterance pricing = recordings.get("pricing");
    TestCall call = TestCall.open(stack.channel());
    call.silence(1000);
    call.at(TestCall.REAL_TIME);
    call.audio(pricing.mulaw());
    call.silenceUntil("a turn", c -> !c.turns().isEmpty());
    assertThat(call.transcript()).contains("cost me to have two rooms");
    assertThat(call.has(TranscribeResponse::hasInterim)).isTrue();
    assertThat(call.has(TranscribeResponse::hasSpeechStarted)).isTrue();
    List<Word> words = call.finals().stream().flatMap(f -> f.getWordsList().stream()).toList();
    long begins = 8000 + pricing.words().getFirst().start();
    assertThat(words.getFirst().getStartSamples()).isBetween(begins - 2400, begins + 2400);
    assertThat(words.getFirst().getConfidence()).isBetween(0.1f, 1f);
    long ends = 8000 + pricing.words().getLast().end();
    assertThat(call.turns().getFirst().getLastWordEndSamples()).isBetween(ends - 3200, ends + 3200);
    assertThat(stack.deepgram().attempts()).isZero();
    call.audio(recordings.get("stop").mulaw());
    call.silenceUntil("the next turn", c -> c.turns().size() == 2);
    assertThat(call.turns().get(1).getText()).contains("stop");
  }

  @Test
  void noiseAndSilenceMakeNoTurnAndAreConfirmed() {
    TestCall call = TestCall.open(stack.channel());
    call.audio(recordings.get("noise").mulaw());
    call.silenceUntil(
        "confirmed",
        c -> c.has(r -> r.hasConfirmed() && r.getConfirmed().getOffsetSamples() > 64_000));
    assertThat(call.turns()).isEmpty();
    assertThat(call.finals()).isEmpty();
  }

  @Test
  void theGatewayMayEndATurnItself() {
    Utterance stop = recordings.get("stop");
    TestCall call = TestCall.open(stack.channel()).at(TestCall.REAL_TIME);
    call.audio(stop.mulaw());
    call.endTurn();
    call.await("the turn", TranscribeResponse::hasEndOfTurn);
    assertThat(call.transcript()).contains("stop");
  }

  @Test
  void itTakesSixCallsAndSaysSo() throws Exception {
    List<TestCall> calls = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      TestCall call = TestCall.open(stack.channel());
      assertThat(
              call.await("opened", TranscribeResponse::hasOpened).getOpened().getCapabilitiesList())
          .containsExactly("word_times", "local", "at_most_6_calls");
      calls.add(call);
    }
    assertThat(TestCall.open(stack.channel()).ended().getCode())
        .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    calls.getFirst().close();
    assertThat(calls.getFirst().ended().getCode()).isEqualTo(Status.Code.OK);
    TestCall next = TestCall.open(stack.channel());
    next.await("opened", TranscribeResponse::hasOpened);
  }

  @Test
  void aLanguageItDoesNotHearIsRefusedForGood() throws Exception {
    TestCall call =
        new TestCall(stack.channel()).open(OpenTranscription.newBuilder().setLanguage("es"));
    TranscribeResponse failed = call.await("failed", TranscribeResponse::hasFailed);
    assertThat(failed.getFailed().getFailureClass())
        .isEqualTo(FailureClass.FAILURE_CLASS_PERMANENT);
    assertThat(failed.getFailed().getDetail()).isEqualTo("hears en only, the call asks for es");
    assertThat(call.ended().getCode()).isEqualTo(Status.Code.OK);
  }
}
