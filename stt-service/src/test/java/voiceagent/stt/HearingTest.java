package voiceagent.stt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import voiceagent.sim.speech.Recordings;
import voiceagent.sim.speech.SpokenWord;
import voiceagent.sim.speech.Utterance;
import voiceagent.v1.EndOfTurn;
import voiceagent.v1.EndOfTurnTrigger;
import voiceagent.v1.OpenTranscription;
import voiceagent.v1.TranscribeResponse;
import voiceagent.v1.UpdateTranscription;
import voiceagent.v1.Word;

/// What the stage hears when nothing breaks.
class HearingTest {
  private final Recordings recordings = Recordings.load();
  private final SttStack stack = new SttStack(Map.of());

  @AfterEach
  void close() {
    stack.close();
  }

  @Test
  void eachRecordingIsHeardWordForWord() {
    for (Utterance utterance : recordings.all()) {
      TestCall call = stack.connectedCall();
      call.silence(400);
      call.audio(utterance.mulaw());
      call.silenceUntil(
          "all of " + utterance.name(),
          c -> c.transcript().length() >= utterance.transcript().length());
      call.close();
      assertThat(call.transcript()).as(utterance.name()).isEqualTo(utterance.transcript());
    }
  }

  @Test
  void aTurnIsItsFinalsAndItsWordsHaveTimesOfTheCall() {
    Utterance booking = recordings.get("booking");
    TestCall call = stack.connectedCall();
    call.silence(1000);
    call.audio(booking.mulaw());
    call.silenceUntil("a turn", c -> !c.turns().isEmpty());

    EndOfTurn turn = call.turns().getFirst();
    assertThat(turn.getText()).isEqualTo(booking.transcript());
    assertThat(turn.getTrigger()).isEqualTo(EndOfTurnTrigger.END_OF_TURN_TRIGGER_ENDPOINTING);
    assertThat(turn.getProviderRequestId()).isNotEmpty();
    assertThat(turn.getStageMicros()).isBetween(0L, 5_000_000L);
    assertThat(turn.getLastWordEndSamples())
        .isCloseTo(8000 + booking.words().getLast().end(), within(1L));

    List<Word> words = call.finals().stream().flatMap(f -> f.getWordsList().stream()).toList();
    for (int i = 0; i < words.size(); i++) {
      SpokenWord known = booking.words().get(i);
      assertThat(words.get(i).getText()).isEqualTo(known.text());
      assertThat(words.get(i).getStartSamples()).isCloseTo(8000 + known.start(), within(1L));
      assertThat(words.get(i).getEndSamples()).isCloseTo(8000 + known.end(), within(1L));
    }
    assertThat(call.told()).first().matches(TranscribeResponse::hasOpened);
    assertThat(call.has(r -> r.hasInterim() && r.getInterim().getText().startsWith("can i")))
        .isTrue();
    assertThat(call.has(TranscribeResponse::hasSpeechStarted)).isTrue();
  }

  @Test
  void silenceGivesNoTurnButIsConfirmedAllTheTime() {
    TestCall call = stack.connectedCall();
    call.silence(30_000);
    Await.until("confirmed", () -> confirmed(call).getLast() > 25 * 8000);
    assertThat(call.turns()).isEmpty();
    assertThat(call.finals()).isEmpty();
    List<Long> confirmed = confirmed(call);
    assertThat(confirmed).isSorted().hasSizeGreaterThan(30);
  }

  private static List<Long> confirmed(TestCall call) {
    return call.told().stream()
        .filter(TranscribeResponse::hasConfirmed)
        .map(r -> r.getConfirmed().getOffsetSamples())
        .toList();
  }

  @Test
  void noiseStartsNoTurn() {
    TestCall call = stack.connectedCall();
    call.audio(recordings.get("noise").mulaw());
    call.silence(3000);
    call.audio(recordings.get("stop").mulaw());
    call.silenceUntil("the turn after it", c -> !c.turns().isEmpty());
    assertThat(call.transcript()).isEqualTo("stop please");
  }

  @Test
  void aLostFrameLosesItsWordAndADoubledOneGarblesIt() {
    Utterance booking = recordings.get("booking");
    SpokenWord thursday = booking.words().get(6);
    int at = (int) (thursday.start() + thursday.end()) / 2;
    byte[] audio = booking.mulaw();
    byte[] lost = join(Arrays.copyOf(audio, at), Arrays.copyOfRange(audio, at + 160, audio.length));
    byte[] doubled =
        join(Arrays.copyOf(audio, at), Arrays.copyOfRange(audio, at - 160, audio.length));
    for (byte[] damaged : List.of(lost, doubled)) {
      TestCall call = stack.connectedCall();
      call.audio(damaged);
      call.silenceUntil("the end", c -> c.transcript().endsWith("three"));
      assertThat(call.transcript()).isEqualTo(booking.transcript().replace(" thursday", ""));
      call.close();
    }
  }

  private static byte[] join(byte[] one, byte[] two) {
    ByteArrayOutputStream both = new ByteArrayOutputStream();
    both.writeBytes(one);
    both.writeBytes(two);
    return both.toByteArray();
  }

  @Test
  void whereNoiseHidesThePauseTheGapBetweenWordsEndsTheTurn() {
    stack.deepgram().withholdSpeechFinal(true);
    TestCall call = stack.connectedCall();
    call.audio(recordings.get("stop").mulaw());
    call.silenceUntil("a turn", c -> !c.turns().isEmpty());
    assertThat(call.turns().getFirst().getTrigger())
        .isEqualTo(EndOfTurnTrigger.END_OF_TURN_TRIGGER_UTTERANCE_END);
    assertThat(call.transcript()).isEqualTo("stop please");
  }

  @Test
  void aTurnThatEndedTooEarlyGoesOnAsTheNextAndNoWordIsToldTwice() {
    Utterance booking = recordings.get("booking");
    TestCall call = stack.connectedCall();
    int middle = 20_800;
    call.audio(Arrays.copyOf(booking.mulaw(), middle));
    call.await("an interim", TranscribeResponse::hasInterim);
    stack.deepgram().sayUtteranceEnd();
    call.await("a turn", TranscribeResponse::hasEndOfTurn);
    call.audio(Arrays.copyOfRange(booking.mulaw(), middle, booking.mulaw().length));
    call.silenceUntil("the second turn", c -> c.turns().size() > 1);
    assertThat(call.transcript()).isEqualTo(booking.transcript());
    assertThat(String.join(" ", call.finals().stream().map(f -> f.getText()).toList()))
        .isEqualTo(booking.transcript());
  }

  @Test
  void finalsThatOverlapAreToldOnce() {
    stack.deepgram().overlapFinals(true);
    stack.deepgram().withholdSpeechFinal(true);
    Utterance email = recordings.get("email");
    TestCall call = stack.connectedCall();
    call.audio(email.mulaw());
    call.silenceUntil("a turn", c -> !c.turns().isEmpty());
    assertThat(call.transcript()).isEqualTo(email.transcript());
  }

  @Test
  void theGatewayMayEndATurnItself() {
    Utterance stop = recordings.get("stop");
    TestCall call = stack.connectedCall();
    call.audio(Arrays.copyOf(stop.mulaw(), (int) stop.words().getLast().end() + 400));
    Await.until("heard", () -> stack.count("interim") > 0);
    call.endTurn();
    call.await("the turn", TranscribeResponse::hasEndOfTurn);
    assertThat(call.transcript()).isEqualTo("stop please");
    assertThat(call.turns().getFirst().getTrigger())
        .isEqualTo(EndOfTurnTrigger.END_OF_TURN_TRIGGER_FINALIZE);
  }

  @Test
  void aCallThatComesFromAnotherReplicaKeepsItsOffsets() {
    int before = stack.count("connected");
    TestCall call =
        new TestCall(stack.channel())
            .open(OpenTranscription.newBuilder().setResumeFromSamples(80_000).setLanguage("en-US"));
    Await.until("connected", () -> stack.count("connected") > before);
    call.audio(recordings.get("stop").mulaw());
    call.silenceUntil("a turn", c -> !c.turns().isEmpty());
    assertThat(call.turns().getFirst().getLastWordEndSamples())
        .isCloseTo(80_000 + recordings.get("stop").words().getLast().end(), within(1L));
    assertThat(confirmed(call).getFirst()).isGreaterThanOrEqualTo(80_000);
  }

  @Test
  void otherEndpointingHoldsFromTheNextTurnOnAndLosesNoWord() {
    TestCall call = stack.connectedCall();
    call.audio(recordings.get("stop").mulaw());
    call.update(UpdateTranscription.newBuilder().setEndpointingMs(2000));
    call.silenceUntil("the first turn", c -> !c.turns().isEmpty());
    Await.until("a new connection", () -> stack.count("connected") == 2);
    call.audio(recordings.get("longpause").mulaw());
    call.silenceUntil("the second turn", c -> c.turns().size() == 2);
    assertThat(call.turns().get(1).getText()).isEqualTo(recordings.get("longpause").transcript());
    Await.until("the old connection is closed", () -> stack.deepgram().connections() == 1);
  }
}
