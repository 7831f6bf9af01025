package voiceagent.brain.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import voiceagent.brain.BrainMain;
import voiceagent.kit.config.Settings;
import voiceagent.kit.grpc.EventLoops;
import voiceagent.kit.grpc.StageChannel;
import voiceagent.kit.service.Stage;
import voiceagent.sim.event.SimulatorEvent;
import voiceagent.sim.event.SimulatorEvents;
import voiceagent.sim.groq.GroqSimulator;
import voiceagent.v1.AgentPart;
import voiceagent.v1.Clause;
import voiceagent.v1.ConverseRequest;
import voiceagent.v1.ConverseResponse;
import voiceagent.v1.DtmfReceived;
import voiceagent.v1.Failed;
import voiceagent.v1.FailureClass;
import voiceagent.v1.ReplyDone;
import voiceagent.v1.SaidKind;
import voiceagent.v1.UpdateConversation;

/// The whole service over gRPC, against the provider's simulator.
class BrainServiceTest {
  private static final String LONG =
      "Yes, we are. On Mondays we are open from nine until six. On Fridays we stay open late."
          + " On Sundays we are closed.";

  private final SimulatorEvents events = new SimulatorEvents();
  private final LinkedBlockingQueue<SimulatorEvent> seen = new LinkedBlockingQueue<>();
  private final EventLoops loops = new EventLoops(1);
  private GroqSimulator groq;
  private Stage brain;
  private ManagedChannel channel;

  @BeforeEach
  void start() {
    events.listen(seen::add);
    groq = GroqSimulator.start(0, events);
    groq.pace(Duration.ofMillis(10), Duration.ofMillis(5));
    brain = brain(Map.of());
    channel = channel(brain);
  }

  @AfterEach
  void stop() {
    channel.shutdownNow();
    brain.close();
    groq.close();
    loops.close();
  }

  private Stage brain(Map<String, String> more) {
    Map<String, String> environment =
        new HashMap<>(
            Map.of(
                "BRAIN_PORT", "0",
                "BRAIN_ADMIN_PORT", "0",
                "BIND_ADDRESS", "127.0.0.1",
                "GROQ_API_KEY", GroqSimulator.KEY,
                "GROQ_BASE_URL", groq.url()));
    environment.putAll(more);
    return BrainMain.start(Settings.of(BrainMain.class, environment));
  }

  private ManagedChannel channel(Stage stage) {
    return StageChannel.to("dns:///127.0.0.1:" + stage.port(), loops);
  }

  private BrainCaller call() throws InterruptedException {
    return new BrainCaller(channel).open();
  }

  private SimulatorEvent await(String kind) throws InterruptedException {
    while (true) {
      SimulatorEvent event = seen.poll(20, TimeUnit.SECONDS);
      assertThat(event).as("an event " + kind).isNotNull();
      if (event.kind().equals(kind)) {
        return event;
      }
    }
  }

  private static void await(BooleanSupplier condition) {
    long until = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime() - until).as("waited in vain").isNegative();
      Thread.onSpinWait();
    }
  }

  @Test
  void clausesComeWhileTheModelStillWrites() throws InterruptedException {
    groq.pace(Duration.ofMillis(10), Duration.ofMillis(60));
    groq.replies(LONG);
    try (BrainCaller call = call()) {
      call.asks(1, 1, "Are you open late?");
      Clause first = call.await(ConverseResponse::hasClause).getClause();
      assertThat(first.getText()).isEqualTo("Yes, we are. ");
      assertThat(first.getLast()).isFalse();
      assertThat(seen)
          .extracting(SimulatorEvent::kind)
          .contains("first-token")
          .doesNotContain("done");
      StringBuilder text = new StringBuilder(first.getText());
      ConverseResponse response = call.next();
      while (response.hasClause()) {
        text.append(response.getClause().getText());
        assertThat(response.getClause().getClause()).isPositive();
        if (response.getClause().getLast()) {
          break;
        }
        response = call.next();
      }
      assertThat(text).hasToString(LONG);
      ReplyDone done = call.next().getDone();
      assertThat(done.getReply()).isEqualTo(1);
      assertThat(done.getRoute()).isEqualTo("llm");
      assertThat(done.getProviderRequestId()).startsWith("req_");
      assertThat(done.getUsage().getPromptTokens()).isPositive();
      assertThat(done.getUsage().getCompletionTokens()).isPositive();
      assertThat(done.getFirstTokenMicros()).isBetween(10_000L, 10_000_000L);
      assertThat(done.getStageMicros()).isBetween(1L, done.getFirstTokenMicros());
    }
  }

  @Test
  void retiredModelsAreSkippedAtTheStart_12() throws InterruptedException {
    await(() -> events("refused").isEmpty() && metrics().contains("voiceagent_stage_sessions"));
    try (BrainCaller call = call()) {
      call.asks(1, 1, "Hello there, who am I speaking with?");
      assertThat(call.reply(1))
          .isEqualTo("You are speaking with Sesame from Sesame AI. How can I help?");
      assertThat(call.await(ConverseResponse::hasDone).getDone().getModel())
          .isEqualTo("openai/gpt-oss-20b");
    }
  }

  @Test
  void whatWasNotHeardNeverEntersTheNextPrompt_L1() throws InterruptedException {
    groq.replies("Here are all twelve options, one at a time.", "Of course.");
    try (BrainCaller call = call()) {
      call.said(1, "Hello, this is Sesame.", SaidKind.SAID_KIND_GREETING);
      call.asks(1, 2, "What are my options?");
      call.reply(2);
      call.cancels(2);
      call.played(2, "Here are all", false);
      call.asks(2, 3, "Stop, please.");
      assertThat(call.reply(3)).isEqualTo("Of course.");
      assertThat(groq.lastPrompt())
          .contains("assistant: Hello, this is Sesame.\nuser: What are my options?")
          .endsWith("assistant: Here are all …\nuser: Stop, please.")
          .doesNotContain("twelve");
    }
  }

  @Test
  void ofAHundredRepliesThatNobodyHeardNoneIsRemembered_L1() throws InterruptedException {
    groq.pace(Duration.ofMillis(1), Duration.ofMillis(1));
    groq.script(r -> new voiceagent.sim.groq.ModelReply.Text("Unheard words. And more."));
    try (BrainCaller call = call()) {
      for (int i = 1; i <= 100; i++) {
        call.asks(i, i, "Question " + i);
        call.reply(i);
        call.played(i, "", false);
      }
      assertThat(groq.requests()).hasSize(100);
      assertThat(groq.requests()).noneMatch(r -> r.prompt().contains("Unheard"));
      assertThat(groq.lastPrompt()).contains("Question 1\n").endsWith("Question 100");
    }
  }

  @Test
  void cancelClosesTheRequestAndNothingMoreIsSaid_10() throws InterruptedException {
    groq.pace(Duration.ofMillis(10), Duration.ofMillis(40));
    groq.replies(LONG, "Yes.");
    try (BrainCaller call = call()) {
      call.asks(1, 1, "Are you open late?");
      call.await(ConverseResponse::hasClause);
      call.cancels(1);
      await("cancelled");
      call.asks(2, 2, "Hello?");
      ConverseResponse response = call.next();
      while (response.hasClause() && response.getClause().getReply() == 1) {
        assertThat(response.getClause().getLast()).isFalse();
        response = call.next();
      }
      assertThat(response.getClause().getText()).isEqualTo("Yes.");
    }
  }

  @Test
  void aNewUtteranceCancelsAnUnfinishedReply() throws InterruptedException {
    groq.pace(Duration.ofMillis(10), Duration.ofMillis(40));
    groq.replies(LONG, "Two.");
    try (BrainCaller call = call()) {
      call.asks(1, 1, "One?");
      call.await(ConverseResponse::hasClause);
      call.asks(2, 2, "Two?");
      assertThat(call.reply(2)).isEqualTo("Two.");
      await("cancelled");
      assertThat(call.await(ConverseResponse::hasDone).getDone().getReply()).isEqualTo(2);
      assertThat(groq.lastPrompt()).endsWith("user: One?\nTwo?");
    }
  }

  @Test
  void hangingUpClosesTheRequest() throws InterruptedException {
    groq.pace(Duration.ofMillis(10), Duration.ofMillis(100));
    groq.replies(LONG);
    BrainCaller call = call();
    call.asks(1, 1, "One?");
    call.await(ConverseResponse::hasClause);
    call.close();
    await("cancelled");
    assertThat(call.ended).succeedsWithin(Duration.ofSeconds(10)).isEqualTo(Status.OK);
    await(() ->
        metrics().contains("voiceagent_stage_sessions{scope=\"application\",stage=\"brain\",} 0.0")
            || metrics().matches("(?s).*voiceagent_stage_sessions\\{[^}]*brain[^}]*} 0\\.0.*"));
  }

  @Test
  void eachPlayedAndEachSaidIsAnsweredByOneCheckpointInOrder() throws InterruptedException {
    groq.replies("One.", "Two.");
    try (BrainCaller call = call()) {
      call.said(1, "Hello.", SaidKind.SAID_KIND_GREETING);
      assertThat(call.next().getCheckpoint().getState().toStringUtf8()).contains("Hello.");
      call.asks(1, 2, "First?");
      call.reply(2);
      call.await(ConverseResponse::hasDone);
      call.played(2, "One.", true);
      call.played(2, "One.", true);
      call.said(-1, "", SaidKind.SAID_KIND_FILLER);
      call.send(ConverseRequest.newBuilder().setDtmf(DtmfReceived.newBuilder().setDigits("5")));
      ByteString first = call.next().getCheckpoint().getState();
      assertThat(first.toStringUtf8()).contains("One.");
      assertThat(call.next().getCheckpoint().getState()).isEqualTo(first);
      assertThat(call.next().getCheckpoint().getState()).isEqualTo(first);
      call.asks(2, 3, "Second?");
      assertThat(call.next().hasClause()).as("a clause, no checkpoint").isTrue();
    }
  }

  @Test
  void aSecondReplicaGoesOnWithTheSameHistory_L29() throws InterruptedException {
    groq.replies("One.", "Two.", "Two.");
    ByteString checkpoint;
    String prompt;
    try (BrainCaller call = call()) {
      call.said(1, "Hello.", SaidKind.SAID_KIND_GREETING);
      call.asks(1, 2, "First?");
      call.reply(2);
      call.played(2, "One.", true);
      checkpoint = call.checkpoint();
      call.asks(2, 3, "Second?");
      call.reply(3);
      prompt = groq.lastPrompt();
    }
    Stage other = brain(Map.of());
    ManagedChannel way = channel(other);
    try (BrainCaller call = new BrainCaller(way).open(checkpoint)) {
      call.await(ConverseResponse::hasOpened);
      call.played(2, "One.", true);
      call.asks(2, 3, "Second?");
      assertThat(call.reply(3)).isEqualTo("Two.");
      assertThat(groq.lastPrompt()).isEqualTo(prompt).contains("assistant: One.\nuser: Second?");
    } finally {
      way.shutdownNow();
      other.close();
    }
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
  void speculativeRepliesAreMadeAndWhatIsThrownAwayIsCounted_L21() throws InterruptedException {
    groq.replies("Which day?", "On Thursday?");
    try (BrainCaller call = call()) {
      call.asks(1, 1, "I would like a table", true);
      assertThat(call.reply(1)).isEqualTo("Which day?");
      assertThat(call.await(ConverseResponse::hasDone).getDone().getUsage().getWastedTokens())
          .isZero();
      call.cancels(1);
      call.asks(1, 2, "I would like a table on Thursday", true);
      call.commits(2);
      assertThat(call.reply(2)).isEqualTo("On Thursday?");
      assertThat(call.await(ConverseResponse::hasDone).getDone().getUsage().getWastedTokens())
          .isPositive();
      assertThat(groq.lastPrompt())
          .endsWith("user: I would like a table on Thursday")
          .doesNotContain("table\n");
    }
  }

  @Test
  void theAgentMayChangeWithinACall() throws InterruptedException {
    groq.replies("One.", "Two.");
    try (BrainCaller call = call()) {
      call.asks(1, 1, "First?");
      call.reply(1);
      call.send(
          ConverseRequest.newBuilder()
              .setUpdate(
                  UpdateConversation.newBuilder()
                      .setAgent(AgentPart.newBuilder().setName("Ada").setCompany("Acme"))));
      call.asks(2, 2, "Second?");
      call.reply(2);
      assertThat(groq.requests().getFirst().system())
          .startsWith("You are Sesame, who answers the phone at Sesame AI.");
      assertThat(groq.requests().getLast().system())
          .startsWith("You are Ada, who answers the phone at Acme.");
    }
  }

  @Test
  void theSystemPromptStaysTheSameByteForByte() throws InterruptedException {
    groq.replies("One.", "Two.", "Three.");
    try (BrainCaller call = call()) {
      for (int i = 1; i <= 3; i++) {
        call.asks(i, i, "Question " + i);
        call.reply(i);
        call.played(i, "Answer", true);
      }
      assertThat(groq.requests().stream().map(r -> r.system()).distinct()).hasSize(1);
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
  void fiftyCallsAtOnceKeepTheirTalksApart() throws InterruptedException {
    groq.script(r -> new voiceagent.sim.groq.ModelReply.Text("You said: " + r.lastUser()));
    List<BrainCaller> calls = new java.util.ArrayList<>();
    for (int i = 0; i < 50; i++) {
      calls.add(call());
    }
    for (int turn = 1; turn <= 2; turn++) {
      for (int i = 0; i < 50; i++) {
        calls.get(i).asks(turn, turn, "call " + i + " turn " + turn + ".");
      }
      for (int i = 0; i < 50; i++) {
        String said = calls.get(i).reply(turn);
        assertThat(said).isEqualTo("You said: call " + i + " turn " + turn + ".");
        calls.get(i).played(turn, said, true);
      }
    }
    calls.forEach(BrainCaller::close);
  }

  private List<SimulatorEvent> events(String kind) {
    return seen.stream().filter(e -> e.kind().equals(kind)).toList();
  }

  private String metrics() {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client
          .send(
              HttpRequest.newBuilder(
                      URI.create("http://127.0.0.1:" + brain.adminPort() + "/metrics"))
                  .header("accept", "text/plain")
                  .timeout(Duration.ofSeconds(10))
                  .build(),
              HttpResponse.BodyHandlers.ofString())
          .body();
    } catch (java.io.IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
