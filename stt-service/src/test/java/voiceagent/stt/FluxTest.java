package voiceagent.stt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import voiceagent.sim.speech.Recordings;
import voiceagent.sim.speech.SpokenWord;
import voiceagent.sim.speech.Utterance;
import voiceagent.v1.EndOfTurn;
import voiceagent.v1.EndOfTurnTrigger;
import voiceagent.v1.KeytermList;
import voiceagent.v1.OpenTranscription;
import voiceagent.v1.TranscribeResponse;
import voiceagent.v1.UpdateTranscription;
import voiceagent.v1.Word;

/// What the stage hears with Flux, whole and in outages.
class FluxTest {
  private final Recordings recordings = Recordings.load();
  private final SttStack stack = new SttStack(Map.of("DEEPGRAM_MODEL", "flux-general-en"));

  @AfterEach
  void close() {
    stack.close();
  }

  private static SttStack eager() {
    return new SttStack(
        Map.of(
            "DEEPGRAM_MODEL", "flux-general-en",
            "DEEPGRAM_EAGER_EOT_THRESHOLD", "0.4",
            "DEEPGRAM_EOT_THRESHOLD", "1",
            "DEEPGRAM_EOT_TIMEOUT_MS", "1200"));
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
  void aTurnHasItsInterimsItsFinalAndItsTimesInTheCall() {
    Utterance booking = recordings.get("booking");
    TestCall call = stack.connectedCall();
    call.silence(1000);
    call.audio(booking.mulaw());
    call.silenceUntil("a turn", c -> !c.turns().isEmpty());
    EndOfTurn turn = call.turns().getFirst();
    assertThat(turn.getText()).isEqualTo(booking.transcript());
    assertThat(turn.getTrigger()).isEqualTo(EndOfTurnTrigger.END_OF_TURN_TRIGGER_MODEL);
    assertThat(turn.getProviderRequestId()).isNotEmpty();
    assertThat(call.finals()).hasSize(1);
    assertThat(call.finals().getFirst().getConfidence()).isBetween(0.9f, 1f);
    List<Word> words = call.finals().getFirst().getWordsList();
    for (int i = 0; i < words.size(); i++) {
      SpokenWord known = booking.words().get(i);
      assertThat(words.get(i).getStartSamples()).isCloseTo(8000 + known.start(), within(1L));
      assertThat(words.get(i).getEndSamples()).isCloseTo(8000 + known.end(), within(1L));
    }
    assertThat(call.has(TranscribeResponse::hasSpeechStarted)).isTrue();
    assertThat(call.has(r -> r.hasInterim() && r.getInterim().getText().startsWith("can i")))
        .isTrue();
    assertThat(call.has(TranscribeResponse::hasEagerEndOfTurn)).isFalse(); // not asked for
  }

  /// Which of turn events were told, in order, with their texts.
  private static List<String> turnEvents(TestCall call) {
    List<String> events = new ArrayList<>();
    for (TranscribeResponse told : call.told()) {
      switch (told.getMessageCase()) {
        case EAGER_END_OF_TURN -> events.add("eager " + told.getEagerEndOfTurn().getText());
        case TURN_RESUMED -> events.add("resumed");
        case END_OF_TURN -> events.add("end " + told.getEndOfTurn().getText());
        default -> {}
      }
    }
    return events;
  }

  @Test
  void aProbableEndIsTakenBackOrConfirmedWithTheSameWords_C15() {
    Utterance pause = recordings.get("longpause");
    try (SttStack own = eager()) {
      TestCall call = own.connectedCall();
      assertThat(
              call.await("opened", TranscribeResponse::hasOpened).getOpened().getCapabilitiesList())
          .contains("eager_end_of_turn");
      call.audio(pause.mulaw());
      call.silenceUntil("a turn", c -> !c.turns().isEmpty());
      List<String> events = turnEvents(call);
      assertThat(events).contains("resumed").last().isEqualTo("end " + pause.transcript());
      Optional<String> open = Optional.empty();
      for (String event : events) {
        if (event.startsWith("eager ")) {
          assertThat(open).isEmpty();
          open = Optional.of(event.substring(6));
        } else if (event.startsWith("end ")) {
          assertThat(open).hasValue(event.substring(4));
        } else {
          assertThat(open).isPresent();
          open = Optional.empty();
        }
      }
      assertThat(call.turns().getFirst().getTrigger())
          .isEqualTo(EndOfTurnTrigger.END_OF_TURN_TRIGGER_SAFETY_TIMER); // Flux's own time-out
    }
  }

  @Test
  void aConnectionLostAfterAProbableEndTakesItBack() {
    try (SttStack own = eager()) {
      TestCall call = own.connectedCall();
      call.audio(recordings.get("stop").mulaw());
      call.silenceUntil("a probable end", c -> c.has(TranscribeResponse::hasEagerEndOfTurn));
      own.deepgram().cut();
      call.await("taken back", TranscribeResponse::hasTurnResumed);
      call.at(TestCall.REAL_TIME);
      call.silenceUntil("the end", c -> !c.turns().isEmpty());
      assertThat(call.transcript()).isEqualTo("stop please");
    }
  }

  @Test
  void audioGoesInMessagesOf80MsAndNeverEmpty_C4() {
    TestCall call = stack.connectedCall();
    call.audio(recordings.get("stop").mulaw());
    call.silence(1010);
    call.await("the turn", TranscribeResponse::hasEndOfTurn);
    assertThat(stack.deepgram().messageSizes()).containsOnlyKeys(640);
    call.close();
    Await.until("closed", () -> stack.deepgram().connections() == 0);
    assertThat(stack.deepgram().messageSizes().firstKey()).isPositive();
  }

  @Test
  void theFirstWordIsThereThoughTheHandshakeTakesASecond_L11() {
    Utterance greeting = recordings.get("greeting");
    stack.deepgram().delayHandshakes(Duration.ofSeconds(1));
    TestCall call = TestCall.open(stack.channel()).at(Duration.ZERO);
    call.audio(Arrays.copyOfRange(greeting.mulaw(), 2400, greeting.mulaw().length));
    call.silence(1000);
    call.await("a turn", TranscribeResponse::hasEndOfTurn);
    assertThat(call.transcript()).isEqualTo(greeting.transcript());
  }

  @Test
  void aConnectionThatFallsMuteIsReplaced_L9() {
    Utterance greeting = recordings.get("greeting");
    TestCall call = stack.connectedCall().at(TestCall.REAL_TIME);
    call.silence(500);
    Await.until("updates", () -> stack.deepgram().connections() == 1);
    stack.deepgram().mute();
    call.audio(greeting.mulaw());
    long spoken = System.nanoTime();
    call.silenceUntil("a turn", c -> !c.turns().isEmpty());
    assertThat(call.transcript()).isEqualTo(greeting.transcript());
    assertThat(stack.deepgram().attempts()).isEqualTo(2);
    assertThat(Duration.ofNanos(System.nanoTime() - spoken)).isLessThan(Duration.ofSeconds(6));
  }

  @Test
  void aTurnThatStallsEndsWithWhatIsKnownAndTheRestIsHeardAgain_C17() {
    stack.deepgram().stallTurns(1);
    Utterance stop = recordings.get("stop");
    int between = (int) (stop.words().get(0).end() + stop.words().get(1).start()) / 2;
    TestCall call = stack.connectedCall().at(TestCall.REAL_TIME);
    call.audio(Arrays.copyOf(stop.mulaw(), between));
    call.silenceUntil("a turn", c -> !c.turns().isEmpty());
    assertThat(call.turns().getFirst().getText()).isEqualTo("stop");
    assertThat(call.turns().getFirst().getTrigger())
        .isEqualTo(EndOfTurnTrigger.END_OF_TURN_TRIGGER_SAFETY_TIMER);
    Await.until("another connection", () -> stack.count("connected") == 2);
    call.audio(stop.mulaw());
    call.silenceUntil("the next", c -> c.turns().size() > 1);
    assertThat(call.transcript()).isEqualTo("stop stop please");
  }

  @Test
  void aTurnThatStallsWhileTheCallerSpeaksIsHeardAgainWhole_L9() {
    stack.deepgram().stallTurns(1);
    TestCall call = stack.connectedCall().at(TestCall.REAL_TIME);
    call.audio(recordings.get("stop").mulaw());
    call.silenceUntil("the turn", c -> c.transcript().endsWith("please"));
    assertThat(call.transcript()).isEqualTo("stop please");
    assertThat(stack.count("connected")).isEqualTo(2);
  }

  @Test
  void aTurnEndsThoughTheCallsAudioCeases_C17() {
    Utterance stop = recordings.get("stop");
    TestCall call = stack.connectedCall();
    call.audio(Arrays.copyOf(stop.mulaw(), (int) stop.words().getLast().end() + 400));
    call.await("the turn, by silence of ours", TranscribeResponse::hasEndOfTurn);
    assertThat(call.transcript()).isEqualTo("stop please");
    call.audio(stop.mulaw()); // and the call's times are not moved by it
    call.silenceUntil("the next", c -> c.turns().size() == 2);
    assertThat(call.turns().get(1).getLastWordEndSamples())
        .isCloseTo(2 * stop.words().getLast().end() + 400, within(1L));
  }

  @Test
  void aHoldIsBridgedWithSilenceAndNeverWithKeepAlive_C5() {
    try (SttStack own =
        new SttStack(Map.of("DEEPGRAM_MODEL", "flux-general-en"), Duration.ofMillis(150))) {
      own.deepgram().silenceLimit(Duration.ofMillis(1500));
      TestCall call = own.connectedCall();
      Await.holds("connected", Duration.ofSeconds(3), () -> own.deepgram().connections() == 1);
      call.audio(recordings.get("stop").mulaw());
      call.silenceUntil("a turn", c -> !c.turns().isEmpty());
      assertThat(own.deepgram().attempts()).isEqualTo(1);
      assertThat(own.count("keep-alive")).isZero();
      assertThat(call.turns().getFirst().getLastWordEndSamples())
          .isCloseTo(recordings.get("stop").words().getLast().end(), within(1L));
    }
  }

  @Test
  void theGatewayMayEndATurnItselfWithOrWithoutForceEndTurn() {
    Utterance stop = recordings.get("stop");
    byte[] said = Arrays.copyOf(stop.mulaw(), (int) stop.words().getLast().end() + 400);
    TestCall call = stack.connectedCall();
    call.audio(said);
    call.endTurn();
    call.await("the turn", TranscribeResponse::hasEndOfTurn);
    assertThat(call.transcript()).isEqualTo("stop please");
    assertThat(call.turns().getFirst().getTrigger())
        .isEqualTo(EndOfTurnTrigger.END_OF_TURN_TRIGGER_FINALIZE);

    stack.deepgram().lackForceEndTurn(true);
    TestCall other = stack.connectedCall();
    other.audio(said);
    other.silence(80);
    other.await(
        "both words", r -> r.hasInterim() && r.getInterim().getText().equals("stop please"));
    other.endTurn();
    other.await("the turn", TranscribeResponse::hasEndOfTurn);
    other.silence(2000);
    assertThat(other.transcript()).isEqualTo("stop please");
  }

  private static UpdateTranscription.Builder keyterms(String... terms) {
    return UpdateTranscription.newBuilder()
        .setKeyterms(KeytermList.newBuilder().addAllKeyterms(List.of(terms)));
  }

  @Test
  void newKeytermsAreConfiguredOneAtATime_C16() {
    TestCall call = stack.connectedCall();
    call.update(keyterms("Acme"));
    call.update(keyterms("Zephyr"));
    Await.until("both, one after the other", () -> stack.count("configure") == 2);
    assertThat(stack.deepgram().connections()).isEqualTo(1);

    stack.deepgram().ignoreConfigure(true);
    TestCall other = stack.connectedCall();
    other.update(keyterms("Acme"));
    other.update(keyterms("Zephyr"));
    Await.until("one", () -> stack.count("configure") == 3);
    Await.until("a new connection for want of an answer", () -> stack.count("connected") == 3);
    assertThat(stack.count("configure")).isEqualTo(3);
  }

  @Test
  void keytermsAndLanguageComeFromTheCall() {
    try (SttStack multi = new SttStack(Map.of("DEEPGRAM_MODEL", "flux-general-multi"))) {
      TestCall call =
          new TestCall(multi.channel())
              .open(OpenTranscription.newBuilder().setLanguage("es-MX").addKeyterms("Acme Corp"));
      Await.until("connected", () -> multi.count("connected") == 1);
      assertThat(multi.deepgram().lastQuery()).contains("language_hint=es", "keyterm=Acme Corp");
      call.close();
    }
  }

  @Test
  void aHangUpSaysGoodbyeAndClosesWithinASecond() throws Exception {
    TestCall call = stack.connectedCall();
    call.audio(recordings.get("stop").mulaw());
    call.close();
    assertThat(call.ended().getCode()).isEqualTo(Status.Code.OK);
    Await.until("the socket is closed", () -> stack.count("closed") == 1);
    assertThat(stack.count("close-stream")).isEqualTo(1);
    assertThat(stack.between("close-stream", "closed")).isLessThan(Duration.ofSeconds(1));
  }
}
