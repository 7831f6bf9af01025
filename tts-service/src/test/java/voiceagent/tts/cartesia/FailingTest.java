package voiceagent.tts.cartesia;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static voiceagent.tts.cartesia.TestStage.assertSame;
import static voiceagent.tts.cartesia.TestStage.await;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import voiceagent.v1.Failed;
import voiceagent.v1.FailureClass;

/// The stage when Cartesia fails in one of the ways seen in the field.
class FailingTest {
  private static final String[] CLAUSES = {
    "First of all, hello. ", "This is the second clause of three. ", "And that was all."
  };

  private static final Patience SHORT =
      TestStage.patience(ofMillis(400), ofMillis(250), ofMillis(700), ofMinutes(4));

  private TestStage stage = new TestStage();

  @AfterEach
  void close() {
    stage.close();
  }

  private void restart(Patience patience, Map<String, String> settings) {
    stage.close();
    stage = new TestStage(patience, settings);
  }

  private byte[] audio(String... clauses) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (String clause : clauses) {
      all.writeBytes(stage.audio(clause));
    }
    return all.toByteArray();
  }

  private void heardInFull(HeardReply heard) {
    assertThat(heard.failed).isEmpty();
    assertSame(heard.audio(), audio(CLAUSES));
    assertThat(heard.text()).isEqualTo(String.join("", CLAUSES));
    assertThat(heard.clausesDone).containsExactly(0, 1, 2);
  }

  @Test
  void aSocketCutBetweenRequestAndFirstAudioCostsTheCallerNoWord_L1() {
    cutBeforeAudio(25);
  }

  @Test
  @Tag("soak")
  void aHundredTurnsCutBeforeTheirFirstAudioAreAllHeard_L1() {
    cutBeforeAudio(100);
  }

  private void cutBeforeAudio(int turns) {
    TestCall call = stage.call();
    for (long reply = 1; reply <= turns; reply++) {
      stage.cartesia.faults().cutBeforeAudio();
      long begun = System.nanoTime();
      call.speakAll(reply, CLAUSES);
      HeardReply heard = call.hear(reply);
      heardInFull(heard);
      assertThat(System.nanoTime() - begun).as("heard in time").isLessThan(1_500_000_000L);
    }
    assertThat(stage.cartesia.handshakes()).isEqualTo(turns + 1);
  }

  @ParameterizedTest
  @ValueSource(ints = {100, 700, 1500, 2300, 3000, 4000})
  void aSocketCutInMidReplyIsResumedWithNoAudioLostOrDoubled_L1(int afterMs) {
    stage.cartesia.faults().cutAfter(ofMillis(afterMs));
    TestCall call = stage.call();
    call.speakAll(1, CLAUSES);
    heardInFull(call.hear(1));
    assertThat(stage.cartesia.handshakes()).isEqualTo(2);
  }

  @Test
  void twoCutsInOneReplyAreResumedToo() {
    stage.cartesia.faults().cutAfter(ofMillis(900));
    stage.cartesia.faults().cutAfter(ofSeconds(1));
    TestCall call = stage.call();
    call.speakAll(1, CLAUSES);
    heardInFull(call.hear(1));
    assertThat(stage.cartesia.handshakes()).isEqualTo(3);
  }

  @Test
  void anErrorInMidReplyIsResumedOnTheSameSocket() {
    stage.cartesia.faults().failAfter(ofSeconds(2));
    TestCall call = stage.call();
    call.speakAll(1, CLAUSES);
    heardInFull(call.hear(1));
    assertThat(stage.cartesia.handshakes()).isEqualTo(1);
  }

  @Test
  void aContextThatFallsSilentGetsAnotherSocket() {
    restart(SHORT, Map.of());
    stage.cartesia.faults().stallAfter(ofMillis(1500));
    TestCall call = stage.call();
    call.speakAll(1, CLAUSES);
    heardInFull(call.hear(1));
    assertThat(stage.cartesia.handshakes()).isGreaterThanOrEqualTo(2);
  }

  @Test
  void aCartesiaThatStaysSilentFailsTheReplyNotTheStream() {
    restart(SHORT, Map.of());
    for (int i = 0; i < 2; i++) {
      stage.cartesia.faults().stallAfter(ofMillis(0));
    }
    TestCall call = stage.call();
    call.speakAll(1, CLAUSES);
    Failed failed = call.hear(1).failed.orElseThrow();
    assertThat(failed.getReply()).isEqualTo(1);
    assertThat(failed.getFailureClass()).isEqualTo(FailureClass.FAILURE_CLASS_TRANSIENT);
    assertThat(failed.getDetail()).contains("no audio within 400 ms");
    call.speakAll(2, CLAUSES);
    heardInFull(call.hear(2));
  }

  @Test
  void refusedHandshakesAreTriedAgainAndTheReplyIsHeard() {
    restart(
        new Patience(
            ofSeconds(5),
            ofMillis(250),
            ofMillis(700),
            ofSeconds(240),
            ofMillis(10),
            ofMillis(100)),
        Map.of());
    stage.cartesia.faults().refuseHandshakes(3, 503);
    TestCall call = stage.call();
    call.speakAll(1, CLAUSES);
    heardInFull(call.hear(1));
    assertThat(stage.cartesia.handshakes()).isEqualTo(4);
  }

  @Test
  void aWrongKeyIsToldOnceAndNotTriedAgain_L15() {
    restart(SHORT, Map.of("CARTESIA_API_KEY", "wrong"));
    TestCall call = stage.call();
    Failed failed = call.hear(1).failed.orElseThrow();
    assertThat(failed.getReply()).isZero();
    assertThat(failed.getFailureClass()).isEqualTo(FailureClass.FAILURE_CLASS_PERMANENT);
    assertThat(failed.getDetail()).contains("401").doesNotContain("wrong");
    call.speakAll(1, CLAUSES);
    assertThat(call.hear(1).failed.orElseThrow().getReply()).isEqualTo(1);
    assertThat(stage.cartesia.handshakes()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"sonic-english", "nonsense"})
  void aModelThatIsGoneFailsEachReplyForGood(String model) {
    restart(Patience.PRESET, Map.of("CARTESIA_MODEL", model));
    TestCall call = stage.call();
    call.speakAll(1, CLAUSES);
    Failed failed = call.hear(1).failed.orElseThrow();
    assertThat(failed.getReply()).isEqualTo(1);
    assertThat(failed.getFailureClass()).isEqualTo(FailureClass.FAILURE_CLASS_PERMANENT);
    assertThat(failed.getDetail()).contains("model_");
    assertThat(failed.getProvider()).isEqualTo("cartesia");
    assertThat(stage.cartesia.handshakes()).as("the socket stays").isEqualTo(1);
  }

  @Test
  void tooManyContextsAreWaitedForOnceThenFail() {
    stage.cartesia.rules().concurrency(1).pace(ofMillis(5), 4);
    TestCall busy = stage.call();
    busy.speak(1, 0, "This takes longer than the other one can wait, at this pace. ", false);
    while (!busy.next().hasAudio()) {}
    TestCall call = stage.call();
    call.speakAll(1, CLAUSES);
    Failed failed = call.hear(1).failed.orElseThrow();
    assertThat(failed.getFailureClass()).isEqualTo(FailureClass.FAILURE_CLASS_TRANSIENT);
    assertThat(failed.getDetail()).contains("429");
    assertThat(failed.getRetryAfterMs()).isPositive();
    stage.cartesia.rules().concurrency(2);
    call.speakAll(2, CLAUSES);
    assertSame(call.hear(2).audio(), audio(CLAUSES));
  }

  @Test
  void aPlaceThatIsFreeInTimeIsTaken() {
    restart(TestStage.patience(ofSeconds(2), ofSeconds(1), ofMillis(700), ofMinutes(4)), Map.of());
    stage.cartesia.rules().concurrency(1).pace(ofMillis(5), 10);
    TestCall busy = stage.call();
    busy.speak(1, 0, "This one is soon over.", true);
    while (!busy.next().hasAudio()) {}
    TestCall call = stage.call();
    call.speakAll(1, CLAUSES);
    heardInFull(call.hear(1));
  }

  @Test
  void anIdleCloseIsNoFailureAndTheNextReplyIsHeard_L16() {
    TestCall call = stage.call();
    await("the socket", () -> stage.cartesia.openSockets() == 1);
    List<Long> warm = new ArrayList<>();
    List<Long> idle = new ArrayList<>();
    for (long reply = 1; reply <= 20; reply++) {
      boolean afterIdleClose = reply % 2 == 0;
      if (afterIdleClose) {
        stage.cartesia.closeIdleSockets();
        int sockets = (int) reply / 2 + 1;
        await("another socket", () -> stage.cartesia.handshakes() == sockets);
      }
      call.speakAll(reply, CLAUSES);
      HeardReply heard = call.hear(reply);
      heardInFull(heard);
      (afterIdleClose ? idle : warm).add(heard.done.orElseThrow().getFirstAudioMicros());
    }
    System.out.printf(
        "first audio: %.1f ms warm, %.1f ms after an idle close (medians)%n",
        median(warm), median(idle));
    assertThat(call.all).noneMatch(r -> r.hasFailed());
  }

  @Test
  void anIdleSocketIsReplacedBeforeCartesiaClosesIt_L16() {
    restart(
        TestStage.patience(ofSeconds(2), ofMillis(250), ofMillis(700), ofMillis(100)), Map.of());
    TestCall call = stage.call();
    await("replacements", () -> stage.cartesia.handshakes() >= 4);
    call.speakAll(1, CLAUSES);
    heardInFull(call.hear(1));
    await("one socket", () -> stage.cartesia.openSockets() == 1);
  }

  @Test
  void aSocketLostBetweenRepliesIsOpenedAgainBeforeTheNextOne() {
    TestCall call = stage.call();
    await("the socket", () -> stage.cartesia.openSockets() == 1);
    stage.cartesia.cutSockets();
    await(
        "another socket",
        () -> stage.cartesia.handshakes() == 2 && stage.cartesia.openSockets() == 1);
    call.speakAll(1, CLAUSES);
    heardInFull(call.hear(1));
  }

  private static double median(List<Long> micros) {
    return micros.stream().sorted().skip(micros.size() / 2).findFirst().orElseThrow() / 1000.0;
  }
}
