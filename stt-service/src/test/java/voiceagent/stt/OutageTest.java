package voiceagent.stt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import voiceagent.sim.speech.Recordings;
import voiceagent.sim.speech.Utterance;
import voiceagent.v1.FailureClass;
import voiceagent.v1.TranscribeResponse;
import voiceagent.v1.Word;

/// What the stage hears, and does, when Deepgram fails.
class OutageTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final Recordings recordings = Recordings.load();
  private final SttStack stack = new SttStack(Map.of());

  @AfterEach
  void close() {
    stack.close();
  }

  @Test
  void firstWordIsNeverLostWhileTheHandshakeTakesASecond_L11() {
    Utterance greeting = recordings.get("greeting");
    stack.deepgram().delayHandshakes(Duration.ofSeconds(1));
    List<TestCall> calls = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      TestCall call = TestCall.open(stack.channel()).at(Duration.ZERO);
      call.audio(Arrays.copyOfRange(greeting.mulaw(), 2400, greeting.mulaw().length));
      call.silence(1000);
      calls.add(call);
    }
    for (TestCall call : calls) {
      call.await("a turn", TranscribeResponse::hasEndOfTurn);
      assertThat(call.transcript()).isEqualTo(greeting.transcript());
    }
  }

  @Test
  void storedAudioIsSentNotFasterThanDeepgramTakesIt_C4() {
    Utterance hours = recordings.get("hours");
    stack.deepgram().delayHandshakes(Duration.ofSeconds(1));
    TestCall call = TestCall.open(stack.channel()).at(Duration.ZERO);
    call.audio(hours.mulaw());
    call.silence(500);
    call.await("a turn", TranscribeResponse::hasEndOfTurn);
    assertThat(call.transcript()).isEqualTo(hours.transcript());
    long connected = time("connected");
    // 3.3 s of speech at 1.25 times real time, less the 100 ms that go at once.
    assertThat(Duration.ofNanos(time("speech-final") - connected))
        .isGreaterThan(Duration.ofMillis(2400));
  }

  private long time(String kind) {
    return stack.seen().stream()
        .filter(e -> e.kind().equals(kind))
        .findFirst()
        .orElseThrow()
        .nanos();
  }

  @ParameterizedTest
  @ValueSource(ints = {650, 2000, 3300, 4200})
  void aSocketCutInMidWordLeavesTheTranscriptUnchanged_L12(int cutMs) {
    Utterance booking = recordings.get("booking");
    TestCall call = stack.connectedCall();
    stack.deepgram().cutAfter(Duration.ofMillis(500 + cutMs));
    call.silence(500);
    call.audio(booking.mulaw());
    call.at(TestCall.REAL_TIME);
    call.silenceUntil("all words", c -> c.transcript().endsWith("three"));
    assertThat(call.transcript()).isEqualTo(booking.transcript());
    assertThat(stack.count("connected")).isEqualTo(2);
    Word last = call.finals().getLast().getWordsList().getLast();
    assertThat(last.getEndSamples()).isCloseTo(4000 + booking.words().getLast().end(), within(1L));
  }

  @Test
  void aCutInALongSilenceIsCaughtUpWithAtOnce() {
    TestCall call = stack.connectedCall();
    call.silence(2500);
    stack.deepgram().delayHandshakes(Duration.ofMillis(300));
    stack.deepgram().close(1011, "NET-0000");
    Await.until("the end of the first", () -> stack.deepgram().connections() == 0);
    call.silence(10_000);
    Await.until("the second", () -> stack.count("connected") == 2);
    call.audio(recordings.get("stop").mulaw());
    long spoken = System.nanoTime();
    call.at(TestCall.REAL_TIME);
    call.silenceUntil("a turn", c -> !c.turns().isEmpty());
    assertThat(call.transcript()).isEqualTo("stop please");
    // Ten seconds of silence at 1.25 times real time would be eight.
    assertThat(Duration.ofNanos(System.nanoTime() - spoken)).isLessThan(Duration.ofSeconds(6));
    assertThat(call.turns().getFirst().getLastWordEndSamples())
        .isCloseTo(12_500 * 8 + recordings.get("stop").words().getLast().end(), within(1L));
  }

  @Test
  void aProviderThatIsOpenButMuteIsReplacedAndHearsItAllAgain_L9() {
    Utterance greeting = recordings.get("greeting");
    TestCall call = stack.connectedCall().at(TestCall.REAL_TIME);
    stack.deepgram().mute();
    call.audio(greeting.mulaw());
    long spoken = System.nanoTime();
    call.silenceUntil("a turn", c -> !c.turns().isEmpty());
    assertThat(call.transcript()).isEqualTo(greeting.transcript());
    assertThat(stack.deepgram().attempts()).isEqualTo(2);
    assertThat(Duration.ofNanos(System.nanoTime() - spoken)).isLessThan(Duration.ofSeconds(6));
  }

  @Test
  void aProviderThatStopsReadingIsReplaced_L10() {
    TestCall call = stack.connectedCall().at(TestCall.REAL_TIME);
    call.silence(100);
    stack.deepgram().stopReading();
    Utterance stop = recordings.get("stop");
    call.audio(stop.mulaw());
    call.silenceUntil("a turn", c -> !c.turns().isEmpty());
    assertThat(call.transcript()).isEqualTo("stop please");
  }

  @Test
  void aWrongKeyIsTriedOnce_L15() throws Exception {
    stack.deepgram().rejectKeys(true);
    TestCall call = TestCall.open(stack.channel());
    TranscribeResponse failed = call.await("failed", TranscribeResponse::hasFailed);
    assertThat(failed.getFailed().getFailureClass())
        .isEqualTo(FailureClass.FAILURE_CLASS_PERMANENT);
    assertThat(failed.getFailed().getProvider()).isEqualTo("deepgram");
    assertThat(failed.getFailed().getDetail()).contains("401").doesNotContain("simulated-");
    assertThat(failed.getFailed().getProviderRequestId()).isNotEmpty();
    assertThat(call.ended().getCode()).isEqualTo(Status.Code.OK);
    Await.holds("one attempt", Duration.ofMillis(800), () -> stack.deepgram().attempts() == 1);
  }

  @Test
  void connectionsThatEndAtOnceAreGivenUpAfterThree_L15() throws Exception {
    stack.deepgram().closeNext(10, 1011);
    TestCall call = TestCall.open(stack.channel());
    TranscribeResponse failed = call.await("failed", TranscribeResponse::hasFailed);
    assertThat(failed.getFailed().getFailureClass())
        .isEqualTo(FailureClass.FAILURE_CLASS_TRANSIENT);
    assertThat(call.ended().getCode()).isEqualTo(Status.Code.OK);
    Await.holds("three attempts", Duration.ofMillis(800), () -> stack.deepgram().attempts() == 3);
  }

  @Test
  void aRefusalThatPassesIsNotTold() {
    stack.deepgram().refuseNext(2, 503);
    TestCall call = stack.connectedCall();
    call.audio(recordings.get("stop").mulaw());
    call.silenceUntil("a turn", c -> !c.turns().isEmpty());
    assertThat(call.transcript()).isEqualTo("stop please");
    assertThat(call.has(TranscribeResponse::hasFailed)).isFalse();
    assertThat(stack.deepgram().attempts()).isEqualTo(3);
  }

  @Test
  void hangUpClosesTheSocketAndOpensNone_L14() throws Exception {
    TestCall call = stack.connectedCall();
    call.audio(recordings.get("stop").mulaw());
    hungUpWithinASecond(call);
    assertThat(stack.seen().getLast().detail()).isEqualTo("1000");

    TestCall cancelled = stack.connectedCall();
    cancelled.cancel();
    Await.until("the socket is closed", () -> stack.deepgram().connections() == 0);
    Await.holds("no other", Duration.ofMillis(500), () -> stack.deepgram().attempts() == 2);
  }

  /// By the simulator's clock, from the moment at which it is told.
  private void hungUpWithinASecond(TestCall call) throws Exception {
    int closed = stack.count("closed");
    call.close();
    assertThat(call.ended().getCode()).isEqualTo(Status.Code.OK);
    Await.until("the socket is closed", () -> stack.count("closed") > closed);
    assertThat(stack.between("close-stream", "closed")).isBetween(Duration.ZERO, SECOND);
    assertThat(stack.deepgram().connections()).isZero();
    Await.holds(
        "none opens after",
        Duration.ofMillis(300),
        () -> stack.between("closed", "connected").isNegative());
  }

  @Test
  void hangUpWhileConnectingOrRefusedOpensNothing_L14() throws Exception {
    stack.deepgram().delayHandshakes(Duration.ofMillis(700));
    TestCall connecting = TestCall.open(stack.channel());
    Await.until("the attempt", () -> stack.deepgram().attempts() == 1);
    connecting.close();
    assertThat(connecting.ended().getCode()).isEqualTo(Status.Code.OK);
    Await.holds("nothing opens", Duration.ofSeconds(1), () -> stack.count("connected") == 0);

    stack.deepgram().delayHandshakes(Duration.ZERO);
    stack.deepgram().refuseNext(100, 503);
    TestCall refused = TestCall.open(stack.channel());
    Await.until("the refusal", () -> stack.count("refused") >= 1);
    refused.close();
    assertThat(refused.ended().getCode()).isEqualTo(Status.Code.OK);
    int attempts = stack.deepgram().attempts();
    Await.holds(
        "no further attempt",
        Duration.ofMillis(800),
        () -> stack.deepgram().attempts() == attempts);
  }

  @Test
  void aMuteProviderDoesNotHoldAHangUpBack() throws Exception {
    stack.deepgram().muteNext(1);
    TestCall call = stack.connectedCall();
    call.silence(100);
    hungUpWithinASecond(call);
  }

  @Test
  void theConnectionIsThereBeforeTheFirstAudioSoThatNoTurnPaysForIt_L36() {
    stack.deepgram().delayHandshakes(Duration.ofMillis(700));
    TestCall call =
        TestCall.open(stack.channel()); // as the gateway does, before the caller is there
    Await.until("connected", () -> stack.count("connected") == 1);
    assertThat(stack.deepgram().messageSizes()).isEmpty();
    call.audio(recordings.get("stop").mulaw());
    call.silenceUntil("a turn", c -> !c.turns().isEmpty());
    assertThat(call.transcript()).isEqualTo("stop please");
    assertThat(stack.deepgram().attempts()).isEqualTo(1);
  }

  @Test
  void aHoldWithoutAudioLosesNoConnection_L13() {
    try (SttStack own = new SttStack(Map.of(), Duration.ofMillis(150))) {
      own.deepgram().silenceLimit(Duration.ofMillis(1500));
      TestCall call = own.connectedCall();
      Await.holds("connected", Duration.ofSeconds(3), () -> own.deepgram().connections() == 1);
      call.audio(recordings.get("stop").mulaw());
      call.silenceUntil("a turn", c -> !c.turns().isEmpty());
      assertThat(own.deepgram().attempts()).isEqualTo(1);
      assertThat(call.turns().getFirst().getLastWordEndSamples())
          .isCloseTo(recordings.get("stop").words().getLast().end(), within(1L));
    }
  }

  /// Ten minutes at a twentieth of Deepgram's limits and of our signs of life.
  @Tag("soak")
  @ParameterizedTest
  @ValueSource(strings = {"nova-3", "flux-general-en"})
  void aHoldOfTenMinutesWithoutAudioLosesNoConnection_L13(String model) {
    try (SttStack own = new SttStack(Map.of("DEEPGRAM_MODEL", model), Duration.ofMillis(200))) {
      own.deepgram().silenceLimit(Duration.ofMillis(model.equals("nova-3") ? 500 : 1000));
      TestCall call = own.connectedCall();
      Await.holds("connected", Duration.ofSeconds(30), () -> own.deepgram().connections() == 1);
      call.audio(recordings.get("stop").mulaw());
      call.silenceUntil("a turn", c -> !c.turns().isEmpty());
      assertThat(call.transcript()).isEqualTo("stop please");
      assertThat(own.deepgram().attempts()).isEqualTo(1);
    }
  }

  @Test
  void normalHangUpsAreNoFailures_L32() throws Exception {
    hangUp(30);
  }

  @Tag("soak")
  @Test
  void aThousandNormalHangUpsAreNoFailures_L32() throws Exception {
    hangUp(1000);
  }

  private void hangUp(int calls) throws Exception {
    for (int i = 0; i < calls; i++) {
      TestCall call = stack.connectedCall();
      call.silence(60);
      call.close();
      assertThat(call.ended().getCode()).isEqualTo(Status.Code.OK);
      assertThat(call.has(TranscribeResponse::hasFailed)).isFalse();
    }
    assertThat(stack.deepgram().attempts()).isEqualTo(calls);
    Await.until("all closed", () -> stack.deepgram().connections() == 0);
  }
}
