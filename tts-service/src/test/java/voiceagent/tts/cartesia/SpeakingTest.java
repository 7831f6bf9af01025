package voiceagent.tts.cartesia;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static voiceagent.tts.cartesia.TestStage.assertSame;
import static voiceagent.tts.cartesia.TestStage.await;

import io.grpc.Status;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import voiceagent.sim.cartesia.Spoken;
import voiceagent.v1.RenderRequest;
import voiceagent.v1.Voice;

/// The stage when nothing fails.
class SpeakingTest {
  private static final String[] CLAUSES = {
    "Sure, I can help with that. ", "It costs $45.50, until 8:30 PM. ", "Would you like one?"
  };

  private TestStage stage = new TestStage();

  @AfterEach
  void close() {
    stage.close();
  }

  private void restart(Patience patience, Map<String, String> settings) {
    stage.close();
    stage = new TestStage(patience, settings);
  }

  /// The clauses' audio, one after the other.
  private byte[] audio(String... clauses) {
    var all = new java.io.ByteArrayOutputStream();
    for (String clause : clauses) {
      all.writeBytes(stage.audio(clause));
    }
    return all.toByteArray();
  }

  @Test
  void aReplyIsOneContextAndItsAudioIsWhatCartesiaMadeByteForByte() {
    TestCall call = stage.call();
    call.speakAll(1, CLAUSES);
    HeardReply heard = call.hear(1);
    assertThat(stage.cartesia.spoken()).hasSize(1);
    Spoken spoken = stage.cartesia.spoken().getFirst();
    assertSame(heard.audio(), spoken.audio());
    assertSame(heard.audio(), audio(CLAUSES));
    assertThat(spoken.text()).isEqualTo(String.join("", CLAUSES));
    assertThat(heard.clausesDone).containsExactly(0, 1, 2);
    assertThat(heard.clauseEnds)
        .containsExactly(
            (long) audio(CLAUSES[0]).length,
            (long) audio(CLAUSES[0], CLAUSES[1]).length,
            (long) spoken.audio().length);
    assertThat(stage.cartesia.refusals()).isEmpty();
  }

  @Test
  void eachWordComesOnceWithItsClauseAndTheTimeOfItsAudio() {
    TestCall call = stage.call();
    call.speakAll(1, CLAUSES);
    HeardReply heard = call.hear(1);
    Spoken spoken = stage.cartesia.spoken().getFirst();
    assertThat(heard.text()).isEqualTo(String.join("", CLAUSES));
    for (int i = 0; i < spoken.words().size(); i++) {
      assertThat(heard.words.get(i).getStartSamples()).isEqualTo(spoken.words().get(i).start());
      assertThat(heard.words.get(i).getEndSamples()).isEqualTo(spoken.words().get(i).end());
    }
    assertThat(heard.wordClauses).containsExactly(0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2);
  }

  @Test
  void theEndOfAReplyTellsItsFigures() {
    stage.cartesia.rules().pace(ofMillis(60), 60);
    TestCall call = stage.call();
    await("the socket", () -> stage.cartesia.openSockets() == 1);
    call.speakAll(1, CLAUSES);
    var done = call.hear(1).done.orElseThrow();
    assertThat(done.getFirstAudioMicros()).isGreaterThan(60_000);
    assertThat(done.getStageMicros()).isBetween(1L, done.getFirstAudioMicros() - 50_000);
    assertThat(done.getCharacters()).isEqualTo(String.join("", CLAUSES).length());
    assertThat(done.getProviderRequestId()).contains(stage.cartesia.spoken().getFirst().context());
  }

  @Test
  void theSocketIsOpenBeforeAnyTextAndServesReplyAfterReply_L36() {
    TestCall call = stage.call();
    await("a socket", () -> stage.cartesia.openSockets() == 1);
    for (long reply = 1; reply <= 5; reply++) {
      call.speakAll(reply, "Hello there.");
      assertSame(call.hear(reply).audio(), audio("Hello there."));
    }
    assertThat(stage.cartesia.handshakes()).isEqualTo(1);
    assertThat(stage.cartesia.spoken().stream().map(Spoken::context)).doesNotHaveDuplicates();
  }

  @Test
  void aClauseThatComesAfterTheContextExpiredIsSpokenInAnotherOne() {
    stage.cartesia.rules().expiry(ofMillis(50));
    TestCall call = stage.call();
    call.speak(1, 0, CLAUSES[0], false);
    await(
        "the expiry",
        () -> !stage.cartesia.spoken().isEmpty() && stage.cartesia.openContexts() == 0);
    call.speak(1, 1, CLAUSES[1], false);
    call.speak(1, 2, CLAUSES[2], true);
    HeardReply heard = call.hear(1);
    assertSame(heard.audio(), audio(CLAUSES));
    assertThat(heard.text()).isEqualTo(String.join("", CLAUSES));
    assertThat(heard.clausesDone).containsExactly(0, 1, 2);
    assertThat(stage.cartesia.spoken()).hasSize(2);
    assertThat(heard.words.get(6).getStartSamples())
        .isGreaterThanOrEqualTo(audio(CLAUSES[0]).length);
  }

  @Test
  void aContextThatIsAboutToExpireIsLeftBeforehand() {
    restart(TestStage.patience(ofSeconds(2), ofMillis(250), ofMillis(1), ofMinutes(4)), Map.of());
    TestCall call = stage.call();
    call.speak(1, 0, CLAUSES[0], false);
    HeardReply first = new HeardReply(1);
    while (first.clausesDone.isEmpty()) {
      first.add(call.next());
    }
    long spokenAt = System.nanoTime();
    await("2 ms", () -> System.nanoTime() - spokenAt > 2_000_000);
    call.speak(1, 1, CLAUSES[1], true);
    while (!first.isOver()) {
      first.add(call.next());
    }
    assertSame(first.audio(), audio(CLAUSES[0], CLAUSES[1]));
    assertThat(stage.cartesia.spoken()).hasSize(2).allMatch(s -> s.state() == Spoken.State.DONE);
    assertThat(stage.cartesia.mostContexts()).isEqualTo(1);
    assertThat(stage.cartesia.refusals()).isEmpty();
  }

  @Test
  void aContextThatEndsJustAsAClauseIsSentLosesNoWordAndDoublesNone() {
    stage.cartesia.faults().endAfterFirstInput();
    TestCall call = stage.call();
    call.speakAll(1, CLAUSES);
    HeardReply heard = call.hear(1);
    assertSame(heard.audio(), audio(CLAUSES));
    assertThat(heard.text()).isEqualTo(String.join("", CLAUSES));
    assertThat(heard.clausesDone).containsExactly(0, 1, 2);
  }

  @Test
  void aReplyMayEndWithAnEmptyClause() {
    TestCall call = stage.call();
    call.speak(1, 0, CLAUSES[0], false);
    call.speak(1, 1, "", true);
    HeardReply heard = call.hear(1);
    assertSame(heard.audio(), audio(CLAUSES[0]));
    assertThat(heard.clausesDone).containsExactly(0, 1);
    await("the context's end", () -> stage.cartesia.openContexts() == 0);
    assertThat(stage.cartesia.refusals()).isEmpty();
  }

  @Test
  void anEmptyClauseAfterTheContextExpiredEndsTheReply() {
    stage.cartesia.rules().expiry(ofMillis(20));
    TestCall call = stage.call();
    call.speak(1, 0, CLAUSES[0], false);
    await(
        "the expiry",
        () -> !stage.cartesia.spoken().isEmpty() && stage.cartesia.openContexts() == 0);
    call.speak(1, 1, "", true);
    assertThat(call.hear(1).done).isPresent();
    call.speak(2, 0, "", true);
    HeardReply nothing = call.hear(2);
    assertThat(nothing.done).isPresent();
    assertThat(nothing.audio()).isEmpty();
    assertThat(stage.cartesia.refusals()).isEmpty();
  }

  @Test
  void whatMakesNoSoundIsNeverSentAloneButKeptWithTheNextClause() {
    TestCall call = stage.call();
    call.speakAll(1, "— ", "Hello. ", " ... ", "Goodbye.", " ");
    HeardReply heard = call.hear(1);
    assertThat(heard.clausesDone).containsExactly(0, 1, 2, 3, 4);
    Spoken spoken = stage.cartesia.spoken().getFirst();
    assertThat(spoken.text()).isEqualTo("— Hello.  ... Goodbye.");
    assertSame(heard.audio(), spoken.audio());
    assertThat(stage.cartesia.refusals()).isEmpty();
  }

  @Test
  void clausesAreToldApartByTheirWordsWhereNoFlushIsTold() {
    stage.cartesia.rules().flushDoneUnasked(false);
    TestCall call = stage.call();
    call.speakAll(1, CLAUSES);
    HeardReply heard = call.hear(1);
    assertSame(heard.audio(), audio(CLAUSES));
    assertThat(heard.clausesDone).containsExactly(0, 1, 2);
    assertThat(heard.clauseEnds.getFirst())
        .isBetween((long) audio(CLAUSES[0]).length, (long) audio(CLAUSES[0]).length + MAX_CHUNK);
    assertThat(heard.clauseEnds.getLast()).isEqualTo(heard.audio().length);
  }

  private static final long MAX_CHUNK = 2400;

  @Test
  void linearPcmIsConvertedToTheSameAudio() {
    restart(Patience.PRESET, Map.of("CARTESIA_ENCODING", "pcm_s16le"));
    TestCall call = stage.call();
    call.speakAll(1, CLAUSES);
    assertSame(call.hear(1).audio(), audio(CLAUSES));
    assertThat(stage.cartesia.spoken().getFirst().audio()).hasSize(2 * audio(CLAUSES).length);
  }

  @Test
  void aNewReplyEndsTheOneBefore() {
    stage.cartesia.rules().pace(ofMillis(5), 10);
    TestCall call = stage.call();
    call.speak(1, 0, "This is a long sentence that nobody will hear to its end. ", false);
    while (!call.next().hasAudio()) {}
    call.speakAll(2, "Hello.");
    assertSame(call.hear(2).audio(), audio("Hello."));
    assertThat(call.all.getLast().hasDone()).isTrue();
    assertThat(stage.cartesia.spoken().getFirst().state()).isEqualTo(Spoken.State.CANCELLED);
    call.speak(1, 1, "Too late.", true);
    call.speakAll(3, "Next.");
    call.hear(3);
    assertThat(stage.cartesia.spoken()).hasSize(3);
  }

  @Test
  void anotherVoiceSpeaksFromTheNextReplyOn() {
    TestCall call = stage.call();
    call.speak(1, 0, "Hello. ", false);
    call.voice(Voice.newBuilder().setVoice("nobody").build());
    call.speak(1, 1, "Still the same voice.", true);
    assertThat(call.hear(1).done).isPresent();
    call.speakAll(2, "Another voice.");
    assertThat(call.hear(2).failed.orElseThrow().getDetail()).contains("voice_not_found");
  }

  @Test
  void aHangUpClosesTheSocketAndTheStream() throws Exception {
    TestCall call = stage.call();
    await("the socket", () -> stage.cartesia.openSockets() == 1);
    call.speak(1, 0, "Hello.", false);
    call.hangUp();
    assertThat(call.ended.get(20, TimeUnit.SECONDS).getCode()).isEqualTo(Status.Code.OK);
    await("no socket", () -> stage.cartesia.openSockets() == 0);
    assertThat(stage.cartesia.handshakes()).isEqualTo(1);
  }

  @Test
  void aClipIsRenderedWhole() {
    var clip =
        stage.blocking().render(RenderRequest.newBuilder().setText("One moment, please.").build());
    assertSame(clip.getAudio().toByteArray(), audio("One moment, please."));
    assertThat(clip.getWordsList().stream().map(w -> w.getText()))
        .isEqualTo(List.of("One", "moment,", "please."));
    await("no socket", () -> stage.cartesia.openSockets() == 0);
  }

  @Test
  void twoCallsSpeakAtOnceWithoutMixing() {
    TestCall one = stage.call();
    TestCall two = stage.call();
    String[] reversed = {CLAUSES[2] + " ", CLAUSES[1], CLAUSES[0]};
    one.speakAll(1, CLAUSES);
    two.speakAll(1, reversed);
    assertSame(one.hear(1).audio(), audio(CLAUSES));
    assertSame(two.hear(1).audio(), audio(reversed));
    assertThat(Arrays.equals(audio(CLAUSES), audio(reversed))).isFalse();
  }

  @Test
  @Tag("soak")
  void aHundredCallsSpeakAtOnceAndEachHearsItsOwn() {
    stage.cartesia.rules().pace(ofMillis(90), 4);
    List<TestCall> calls = IntStream.range(0, 100).mapToObj(_ -> stage.call()).toList();
    List<Long> stageMicros = new ArrayList<>();
    for (long reply = 1; reply <= 5; reply++) {
      for (TestCall call : calls) {
        call.speakAll(reply, CLAUSES);
      }
      for (TestCall call : calls) {
        HeardReply heard = call.hear(reply);
        assertSame(heard.audio(), audio(CLAUSES));
        assertThat(heard.text()).isEqualTo(String.join("", CLAUSES));
        stageMicros.add(heard.done.orElseThrow().getStageMicros());
      }
    }
    Collections.sort(stageMicros);
    assertThat(stageMicros.get(stageMicros.size() / 2)).as("median").isLessThan(20_000);
    assertThat(stage.cartesia.handshakes()).isEqualTo(100);
  }
}
