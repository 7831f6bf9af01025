package voiceagent.tts.cartesia;

import static java.time.Duration.ofMillis;
import static org.assertj.core.api.Assertions.assertThat;
import static voiceagent.tts.cartesia.TestStage.assertSame;
import static voiceagent.tts.cartesia.TestStage.await;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import voiceagent.sim.cartesia.CartesiaRules.CancelMode;
import voiceagent.v1.SpeakResponse;

/// Callers who interrupt.
class InterruptingTest {
  private static final List<String> CLAUSES =
      List.of("Here are all the options. ", "The first one is red. ", "The second one is green. ");

  private final TestStage stage = new TestStage();

  @AfterEach
  void close() {
    stage.close();
  }

  @ParameterizedTest
  @EnumSource(CancelMode.class)
  void nothingOfACancelledReplyIsTold_L17_andNoContextIsLeft_L18_L32(CancelMode mode) {
    stage.cartesia.faults().lateChunksAfterCancel(true);
    interrupt(mode, 50, 20261124);
  }

  @Test
  @Tag("soak")
  void aThousandRandomInterruptions_L17_L32() {
    stage.cartesia.faults().lateChunksAfterCancel(true);
    interrupt(CancelMode.FINISH_INPUT, 1000, 20261125);
  }

  private void interrupt(CancelMode mode, int times, long seed) {
    stage.cartesia.rules().cancelMode(mode).pace(ofMillis(5), 30);
    Random random = new Random(seed);
    TestCall call = stage.call();
    long reply = 0;
    for (int i = 0; i < times; i++) {
      reply++;
      int clauses = 1 + random.nextInt(CLAUSES.size());
      for (int c = 0; c < clauses; c++) {
        call.speak(reply, c, CLAUSES.get(c), c == clauses - 1 && random.nextBoolean());
      }
      for (int seen = random.nextInt(6); seen > 0 && !isDone(call.next()); seen--) {}
      call.cancel(reply);
    }
    long last = ++reply;
    call.speakAll(last, "Goodbye.");
    HeardReply heard = call.hear(last);
    assertSame(heard.audio(), stage.audio("Goodbye."));
    assertThat(call.all).as("seed %d", seed).noneMatch(SpeakResponse::hasFailed);
    long newest = 0;
    for (SpeakResponse response : call.all) {
      long of = replyOf(response);
      assertThat(of)
          .as("a message of a reply that is over, seed %d", seed)
          .isGreaterThanOrEqualTo(newest);
      newest = of;
    }
    await("no context is left", () -> stage.cartesia.openContexts() == 0);
    assertThat(stage.cartesia.handshakes()).as("one socket, seed %d", seed).isEqualTo(1);
  }

  private static boolean isDone(SpeakResponse response) {
    return response.hasDone();
  }

  private static long replyOf(SpeakResponse response) {
    return switch (response.getMessageCase()) {
      case AUDIO -> response.getAudio().getReply();
      case WORDS -> response.getWords().getReply();
      case CLAUSE_DONE -> response.getClauseDone().getReply();
      case DONE -> response.getDone().getReply();
      case FAILED -> response.getFailed().getReply();
      case OPENED, DRAINING, MESSAGE_NOT_SET -> 0;
    };
  }

  @Test
  void aCancelBeforeAnyAudioIsNoFailure_L32() {
    stage.cartesia.rules().pace(ofMillis(200), 30).cancelMode(CancelMode.STOP);
    TestCall call = stage.call();
    for (long reply = 1; reply <= 20; reply++) {
      call.speakAll(reply, "Never heard.");
      call.cancel(reply);
      call.cancel(reply);
    }
    call.speakAll(21, "Heard.");
    HeardReply heard = call.hear(21);
    assertSame(heard.audio(), stage.audio("Heard."));
    assertThat(call.all).noneMatch(SpeakResponse::hasFailed);
    assertThat(stage.cartesia.spoken().getLast().text()).isEqualTo("Heard.");
  }

  @Test
  void aCancelThatOvertakesItsReplyIsKept() {
    TestCall call = stage.call();
    call.cancel(1);
    call.speakAll(1, "Never heard.");
    call.speakAll(2, "Heard.");
    assertSame(call.hear(2).audio(), stage.audio("Heard."));
    assertThat(stage.cartesia.spoken()).hasSize(1);
  }
}
