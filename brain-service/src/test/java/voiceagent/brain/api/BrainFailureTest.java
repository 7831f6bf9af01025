package voiceagent.brain.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import voiceagent.kit.service.Stage;
import voiceagent.v1.ConverseResponse;
import voiceagent.v1.Failed;
import voiceagent.v1.FailureClass;

/// What a call sees when the provider, the stage or the gateway is at fault.
class BrainFailureTest extends RunningBrain {
  @Test
  void aModelThatStaysSilentIsLeftForTheNext() throws InterruptedException {
    groq.stallNextStream(0, Duration.ofSeconds(30));
    groq.replies("never", "Here I am.");
    try (BrainCaller call = call()) {
      call.asks(1, 1, "Hello?");
      assertThat(call.reply(1)).isEqualTo("Here I am.");
      assertThat(call.await(ConverseResponse::hasDone).getDone().getModel())
          .isEqualTo("openai/gpt-oss-120b");
    }
  }

  @Test
  void aLimitIsAnsweredByAnotherModelAndKnownAfterwards_L20() throws InterruptedException {
    groq.retryAfter(30);
    groq.failNext(1, 429);
    groq.replies("One.", "Two.");
    try (BrainCaller call = call()) {
      call.asks(1, 1, "First?");
      assertThat(call.reply(1)).isEqualTo("One.");
      call.asks(2, 2, "Second?");
      assertThat(call.reply(2)).isEqualTo("Two.");
      assertThat(events("refused")).hasSize(1);
    }
    assertThat(metrics())
        .contains("voiceagent_llm_fallbacks_total{cause=\"limited\"")
        .contains("voiceagent_llm_requests_total{")
        .contains("voiceagent_llm_first_token_seconds_bucket");
  }

  @Test
  void callsThatTheLimitsDoNotCarryAreRefusedBeforeTheyAreAnswered_L20()
      throws InterruptedException {
    groq.limits(100_000, 1000);
    groq.replies("One.", "Two.", "Three.");
    try (BrainCaller call = call()) {
      // two models of 1000 tokens a minute carry one call of the presumed 1500
      call.asks(1, 1, "First?");
      call.reply(1);
      groq.failNext(1, 500);
      call.asks(2, 2, "Second?");
      call.reply(2);
      BrainCaller second = new BrainCaller(channel).open(ByteString.EMPTY);
      assertThat(second.ended)
          .succeedsWithin(Duration.ofSeconds(10))
          .extracting(Status::getCode)
          .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
      ByteString state = ByteString.copyFromUtf8("{\"v\":1,\"turns\":[]}");
      try (BrainCaller resumed = new BrainCaller(channel).open(state)) {
        resumed.await(ConverseResponse::hasOpened);
      }
    }
  }

  @Test
  void anErrorAfterTheFirstClauseEndsTheReplyAndKeepsWhatWasSaid_6() throws InterruptedException {
    groq.replies("Yes, we are. On Mondays we", "Still here.");
    groq.errorInNextStream(6, "over_capacity");
    try (BrainCaller call = call()) {
      call.asks(1, 1, "Are you open?");
      assertThat(call.next().getClause().getText()).isEqualTo("Yes, we are. ");
      Failed failed = call.next().getFailed();
      assertThat(failed.getReply()).isEqualTo(1);
      assertThat(failed.getFailureClass()).isEqualTo(FailureClass.FAILURE_CLASS_TRANSIENT);
      assertThat(failed.getDetail()).contains("over_capacity");
      assertThat(failed.getProviderRequestId()).startsWith("req_");
      call.asks(2, 2, "Hello?");
      assertThat(call.reply(2)).isEqualTo("Still here.");
    }
  }

  @Test
  void aRefusedKeyIsPermanentAndTheNextCallIsToldAtOnce_L15() throws InterruptedException {
    groq.failNext(1, 401);
    try (BrainCaller call = call()) {
      call.asks(1, 1, "Hello?");
      Failed failed = call.next().getFailed();
      assertThat(failed.getFailureClass()).isEqualTo(FailureClass.FAILURE_CLASS_PERMANENT);
      assertThat(failed.getReply()).isZero();
      assertThat(failed.getProvider()).isEqualTo("groq");
      assertThat(events("refused")).hasSize(1);
    }
    Stage wrong = brain(Map.of("GROQ_API_KEY", "gsk_wrong"));
    ManagedChannel way = channel(wrong);
    try {
      await("refused");
      await(() -> permanent(way));
    } finally {
      way.shutdownNow();
      wrong.close();
    }
  }

  private static boolean permanent(ManagedChannel way) {
    try (BrainCaller call = new BrainCaller(way).open()) {
      call.asks(1, 1, ""); // is answered, so that the refusal need not be waited for
      return call.next().getFailed().getFailureClass() == FailureClass.FAILURE_CLASS_PERMANENT;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aFullStageRefusesAtOnce() throws InterruptedException {
    Stage small = brain(Map.of("MAX_SESSIONS", "1"));
    ManagedChannel way = channel(small);
    BrainCaller first = new BrainCaller(way).open();
    BrainCaller second = new BrainCaller(way).open(ByteString.EMPTY);
    assertThat(second.ended)
        .succeedsWithin(Duration.ofSeconds(10))
        .extracting(Status::getCode)
        .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    first.close();
    assertThat(first.ended).succeedsWithin(Duration.ofSeconds(10));
    await(() -> {
      BrainCaller third = new BrainCaller(way).open(ByteString.EMPTY);
      try {
        return third.next().hasOpened();
      } catch (AssertionError | InterruptedException _) {
        return false;
      } finally {
        third.close();
      }
    });
    way.shutdownNow();
    small.close();
  }

  @Test
  void messagesOutOfOrderEndTheStreamWithAReason() throws InterruptedException {
    BrainCaller early = new BrainCaller(channel);
    early.asks(1, 1, "Hello?");
    assertThat(early.ended)
        .succeedsWithin(Duration.ofSeconds(10))
        .satisfies(s -> assertThat(s.getDescription()).contains("expected open"));
    BrainCaller twice = call();
    twice.open(ByteString.EMPTY);
    assertThat(twice.ended)
        .succeedsWithin(Duration.ofSeconds(10))
        .extracting(Status::getCode)
        .isEqualTo(Status.Code.INVALID_ARGUMENT);
  }

  @Test
  void aDrainingStageSaysSoAndFinishesItsCalls() throws Exception {
    groq.replies("One.", "Two.");
    Stage leaving = brain(Map.of());
    ManagedChannel way = channel(leaving);
    BrainCaller call = new BrainCaller(way).open();
    call.asks(1, 1, "First?");
    call.reply(1);
    Thread drain = Thread.ofVirtual().start(() -> leaving.drain(Duration.ofSeconds(20)));
    assertThat(call.await(ConverseResponse::hasDraining).getDraining().getDeadlineMs())
        .isEqualTo(20_000);
    call.asks(2, 2, "Second?");
    assertThat(call.reply(2)).isEqualTo("Two.");
    call.close();
    assertThat(drain.join(Duration.ofSeconds(15))).isTrue();
    way.shutdownNow();
  }

  @Test
  void aBadCheckpointBeginsAnew() throws InterruptedException {
    groq.replies("Hello.");
    try (BrainCaller call = new BrainCaller(channel).open(ByteString.copyFromUtf8("nonsense"))) {
      call.await(ConverseResponse::hasOpened);
      call.asks(1, 1, "Hi.");
      assertThat(call.reply(1)).isEqualTo("Hello.");
    }
  }
}
