package voiceagent.tts.cartesia;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static voiceagent.tts.cartesia.TestStage.assertSame;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import voiceagent.kit.observe.Meters;
import voiceagent.tts.fallback.FallbackSynthesizer;
import voiceagent.tts.local.LocalSynthesizer;
import voiceagent.v1.Failed;
import voiceagent.v1.Voice;

/// The local voice when Cartesia can not speak. It is the voice by which the simulator speaks too,
/// so what it says has the same bytes.
class FallbackTest {
  private static final String[] CLAUSES = {
    "First of all, hello. ", "This is the second clause of three. ", "And that was all."
  };

  private static final Patience SHORT =
      TestStage.patience(ofMillis(400), ofMillis(250), ofMillis(700), ofMinutes(4));

  private TestStage stage = stage(ofSeconds(10), Map.of());

  private static TestStage stage(Duration pause, Map<String, String> settings) {
    return new TestStage(
        SHORT,
        settings,
        (cartesia, meters) ->
            new FallbackSynthesizer(cartesia, new LocalSynthesizer(meters), pause, meters));
  }

  private void restart(Duration pause, Map<String, String> settings) {
    stage.close();
    stage = stage(pause, settings);
  }

  @AfterEach
  void close() {
    stage.close();
  }

  private static long fallbacks(String cause) {
    return Meters.counter(
            "voiceagent_tts_fallbacks", "Replies that the other voice spoke.", "cause", cause)
        .count();
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

  private void silence() {
    stage.cartesia.faults().stallAfter(Duration.ZERO);
    stage.cartesia.faults().stallAfter(Duration.ZERO);
  }

  @Test
  void aProviderThatIsSilentIsSpokenForThenLeftAloneAndTriedAgain() {
    restart(ofSeconds(1), Map.of());
    long failed = fallbacks("failed");
    long down = fallbacks("down");
    silence();
    TestCall call = stage.call();
    call.speakAll(1, CLAUSES);
    heardInFull(call.hear(1));
    assertThat(fallbacks("failed")).isEqualTo(failed + 1);
    int contexts = stage.cartesia.spoken().size();
    long since = System.nanoTime();
    call.speakAll(2, CLAUSES);
    heardInFull(call.hear(2));
    assertThat(fallbacks("down")).isEqualTo(down + 1);
    assertThat(stage.cartesia.spoken()).hasSize(contexts);
    TestStage.await("the pause", () -> System.nanoTime() - since > 1_200_000_000L);
    call.speakAll(3, CLAUSES);
    heardInFull(call.hear(3));
    assertThat(stage.cartesia.spoken()).hasSize(contexts + 1);
  }

  @Test
  void aReplyGoesOnWithItsFirstClauseThatIsNotComplete() {
    stage.cartesia.faults().stallAfter(ofMillis(2500));
    stage.cartesia.faults().stallAfter(Duration.ZERO);
    TestCall call = stage.call();
    call.speakAll(1, CLAUSES);
    HeardReply heard = call.hear(1);
    byte[] begun = Arrays.copyOf(audio(CLAUSES), 2500 * 8);
    ByteArrayOutputStream expected = new ByteArrayOutputStream();
    expected.writeBytes(begun);
    expected.writeBytes(audio(CLAUSES[1], CLAUSES[2]));
    assertThat(audio(CLAUSES[0]).length).isLessThan(begun.length);
    assertSame(heard.audio(), expected.toByteArray());
    assertThat(heard.clausesDone).containsExactly(0, 1, 2);
    assertThat(heard.done).isPresent();
  }

  @Test
  void clausesThatComeAfterTheSwitchAreSpokenToo() {
    silence();
    TestCall call = stage.call();
    call.speak(1, 0, CLAUSES[0], false);
    HeardReply heard = new HeardReply(1);
    while (heard.clausesDone.isEmpty()) {
      heard.add(call.next());
    }
    call.speak(1, 1, CLAUSES[1], false);
    call.speak(1, 2, CLAUSES[2], false);
    call.speak(1, 3, "", true);
    while (!heard.isOver()) {
      heard.add(call.next());
    }
    assertSame(heard.audio(), audio(CLAUSES));
    assertThat(heard.clausesDone).containsExactly(0, 1, 2, 3);
  }

  @Test
  void aKeyThatIsRefusedCostsNoReplyAndNoFurtherAttempt_L15() {
    restart(ofSeconds(10), Map.of("CARTESIA_API_KEY", "wrong"));
    TestCall call = stage.call();
    for (long reply = 1; reply <= 3; reply++) {
      call.speakAll(reply, CLAUSES);
      heardInFull(call.hear(reply));
    }
    assertThat(stage.cartesia.handshakes()).isEqualTo(1);
  }

  @Test
  void aLimitThatStaysReachedIsSpokenForAndBlamesNoOtherCall() {
    stage.cartesia.rules().concurrency(1).pace(ofMillis(5), 4);
    TestCall busy = stage.call();
    busy.speak(1, 0, "This takes longer than the other one can wait, at this pace. ", false);
    while (!busy.next().hasAudio()) {}
    TestCall call = stage.call();
    call.speakAll(1, CLAUSES);
    heardInFull(call.hear(1));
    stage.cartesia.rules().concurrency(3).pace(ofMillis(5), 60);
    int contexts = stage.cartesia.spoken().size();
    call.speakAll(2, CLAUSES);
    heardInFull(call.hear(2));
    assertThat(stage.cartesia.spoken()).hasSize(contexts + 1);
  }

  @Test
  void aLanguageThatTheOtherVoiceDoesNotSpeakFailsAsBefore() {
    silence();
    TestCall call = stage.call(Voice.newBuilder().setLanguage("de").build());
    call.speakAll(1, "Guten Tag.");
    Failed failed = call.hear(1).failed.orElseThrow();
    assertThat(failed.getProvider()).isEqualTo("cartesia");
    assertThat(failed.getDetail()).contains("no audio within");
  }

  @Test
  void interruptionsAndHangUpsNeverSwitchTheVoice_L32() {
    long before = fallbacks("failed") + fallbacks("down");
    TestCall call = stage.call();
    for (long reply = 1; reply <= 100; reply++) {
      call.speakAll(reply, CLAUSES);
      if (reply % 2 == 0) {
        while (!call.next().hasAudio()) {}
      }
      call.cancel(reply);
    }
    call.speakAll(101, CLAUSES);
    heardInFull(call.hear(101));
    call.hangUp();
    assertThat(fallbacks("failed") + fallbacks("down")).isEqualTo(before);
  }
}
