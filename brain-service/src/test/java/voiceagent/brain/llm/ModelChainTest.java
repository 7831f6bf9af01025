package voiceagent.brain.llm;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import voiceagent.brain.groq.GroqLanguageModel;
import voiceagent.brain.llm.ChatMessage.Role;
import voiceagent.brain.llm.ReplyOutcome.Answered;
import voiceagent.brain.llm.ReplyOutcome.Failed;
import voiceagent.kit.config.Secret;
import voiceagent.kit.time.Timers;
import voiceagent.sim.event.SimulatorEvents;
import voiceagent.sim.groq.GroqSimulator;

/// Which model answers when the provider fails in each of its ways.
class ModelChainTest {
  private static final String FIRST = "openai/gpt-oss-20b";
  private static final String SECOND = "openai/gpt-oss-120b";
  private static final List<ChatMessage> PROMPT =
      List.of(new ChatMessage(Role.SYSTEM, "Be brief."), new ChatMessage(Role.USER, "Hello"));

  /// Shorter than the preset, long enough for a machine under load.
  private static final Deadlines DEADLINES =
      new Deadlines(
          Duration.ofSeconds(1),
          Duration.ofMillis(1500),
          Duration.ofMillis(1500),
          Duration.ofSeconds(4),
          Duration.ofSeconds(20));

  private final SimulatorEvents events = new SimulatorEvents();
  private final LinkedBlockingQueue<String> kinds = new LinkedBlockingQueue<>();
  private final GroqSimulator groq = GroqSimulator.start(0, events);
  private final Timers clock = Timers.system("test");
  private final TokenBudget budget = new TokenBudget();
  private final LanguageModel provider = provider(GroqSimulator.KEY);

  ModelChainTest() {
    events.listen(e -> kinds.add(e.kind()));
    groq.pace(Duration.ofMillis(5), Duration.ofMillis(2));
  }

  @AfterEach
  void close() {
    provider.close();
    clock.close();
    groq.close();
  }

  private LanguageModel provider(String key) {
    return new GroqLanguageModel(URI.create(groq.url()), Secret.of(key), DEADLINES, budget, clock);
  }

  private ModelChain chain(String... models) {
    return chain(provider, models);
  }

  private ModelChain chain(LanguageModel model, String... models) {
    return new ModelChain(
        model, new ModelOrder(List.of(models)), budget, DEADLINES, clock, new LlmMeters(budget));
  }

  private static final class Text implements ReplySink {
    private final StringBuilder text = new StringBuilder();
    private final int spokenFrom;

    /// @param spokenFrom so many characters are a clause
    Text(int spokenFrom) {
      this.spokenFrom = spokenFrom;
    }

    @Override
    public void text(String more) {
      text.append(more);
    }

    @Override
    public boolean isSpoken() {
      return text.length() >= spokenFrom;
    }

    @Override
    public void restart() {
      text.setLength(0);
    }
  }

  private final Text sink = new Text(1000);

  private List<String> asked() {
    return groq.requests().stream().map(r -> r.model()).toList();
  }

  private Answered answered(ReplyOutcome outcome) {
    assertThat(outcome).isInstanceOf(Answered.class);
    return (Answered) outcome;
  }

  private ModelFailure failed(ReplyOutcome outcome) {
    assertThat(outcome).isInstanceOf(Failed.class);
    return ((Failed) outcome).failure();
  }

  @Test
  void theFirstModelAnswersWithUsageAndTheProvidersId_13() throws InterruptedException {
    groq.replies("Hello to you. 😀");
    groq.splitBytes(3);
    groq.comments(true);
    Answered answer = answered(chain(FIRST, SECOND).answer(new ModelRequest(PROMPT), sink));
    assertThat(sink.text).hasToString("Hello to you. 😀");
    assertThat(answer.model()).isEqualTo(FIRST);
    assertThat(answer.requestId()).startsWith("req_");
    assertThat(answer.usage().prompt()).isPositive();
    assertThat(answer.usage().completion()).isPositive();
  }

  @ParameterizedTest
  @ValueSource(ints = {404, 413, 422, 429, 498, 500, 502, 503})
  void aModelThatRefusesIsLeftForTheNext_7(int status) throws InterruptedException {
    groq.failNext(1, status);
    assertThat(answered(chain(FIRST, SECOND).answer(new ModelRequest(PROMPT), sink)).model())
        .isEqualTo(status == 413 ? FIRST : SECOND);
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 403})
  void aRefusedKeyIsTriedOnce_L15(int status) throws InterruptedException {
    groq.failNext(5, status);
    assertThat(failed(chain(FIRST, SECOND).answer(new ModelRequest(PROMPT), sink)).kind())
        .isEqualTo(ModelFailure.Kind.UNAUTHORIZED);
    assertThat(kinds).containsExactly("refused");
  }

  @Test
  void aRealWrongKeyIsRefused() throws InterruptedException {
    try (LanguageModel wrong = provider("gsk_wrong")) {
      ModelFailure failure = failed(chain(wrong, FIRST).answer(new ModelRequest(PROMPT), sink));
      assertThat(failure.kind()).isEqualTo(ModelFailure.Kind.UNAUTHORIZED);
      assertThat(failure.detail()).contains("401").doesNotContain("gsk_wrong");
    }
  }

  @Test
  void aModelThatIsGoneIsNotAskedAgain() throws InterruptedException {
    ModelChain chain = chain("llama-3.1-8b-instant", FIRST);
    assertThat(answered(chain.answer(new ModelRequest(PROMPT), sink)).model()).isEqualTo(FIRST);
    assertThat(answered(chain.answer(new ModelRequest(PROMPT), sink)).model()).isEqualTo(FIRST);
    assertThat(kinds.stream().filter("refused"::equals)).hasSize(1);
  }

  @Test
  void aModelThatSaysNothingIsLeftForTheNext_9() throws InterruptedException {
    groq.stallNextStream(0, Duration.ofSeconds(30));
    groq.replies("never heard", "Here I am.");
    assertThat(answered(chain(FIRST, SECOND).answer(new ModelRequest(PROMPT), sink)).model())
        .isEqualTo(SECOND);
    assertThat(sink.text).hasToString("Here I am.");
    assertThat(await("cancelled")).isTrue();
  }

  @Test
  void whenAllAreSilentTheReplyFailsWithinItsTime_9() throws InterruptedException {
    for (int i = 0; i < 5; i++) {
      groq.stallNextStream(0, Duration.ofSeconds(30));
    }
    long before = System.nanoTime();
    assertThat(
            failed(chain(FIRST, SECOND, "qwen/qwen3.6-27b").answer(new ModelRequest(PROMPT), sink))
                .kind())
        .isEqualTo(ModelFailure.Kind.TIMEOUT);
    assertThat(Duration.ofNanos(System.nanoTime() - before))
        .isBetween(Duration.ofMillis(3900), Duration.ofSeconds(8));
  }

  @Test
  void aPauseWithinAnAnswerIsATimeout_9() throws InterruptedException {
    groq.replies("one two three four", "five");
    groq.stallNextStream(2, Duration.ofSeconds(30));
    assertThat(answered(chain(FIRST, SECOND).answer(new ModelRequest(PROMPT), sink)).model())
        .isEqualTo(SECOND);
    assertThat(sink.text).hasToString("five");
  }

  @ParameterizedTest
  @CsvSource({"0", "2"})
  void anErrorWithinTheStreamIsMendedWhileNothingIsSpoken_L19(int tokens)
      throws InterruptedException {
    groq.replies("one two three four", "one two three four", "one two three four", "seven");
    groq.errorInNextStream(tokens, "tool_use_failed");
    groq.errorEventInNextStream(tokens, "tool_use_failed");
    ModelChain chain = chain(FIRST);
    assertThat(failed(chain.answer(new ModelRequest(PROMPT), sink)).detail())
        .contains("tool_use_failed");
    sink.restart();
    groq.groqErrorInNextStream(tokens, "over_capacity");
    assertThat(answered(chain(FIRST, SECOND).answer(new ModelRequest(PROMPT), sink)).model())
        .isEqualTo(SECOND);
    assertThat(sink.text).hasToString("seven");
  }

  @Test
  void ofTwentyPercentMalformedCallsTheCallerNoticesNone_L19() throws InterruptedException {
    ModelChain chain = chain(FIRST, SECOND);
    for (int i = 0; i < 50; i++) {
      if (i % 5 == 0) {
        groq.errorInNextStream(i % 3, "tool_use_failed");
        groq.replies("malformed call");
      }
      groq.replies("fine");
      sink.restart();
      long before = System.nanoTime();
      answered(chain.answer(new ModelRequest(PROMPT), sink));
      assertThat(sink.text).hasToString("fine");
      assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofMillis(2500));
    }
  }

  @Test
  void anAnswerOfWhichWordsWereSpokenIsNotBegunAgain_6() throws InterruptedException {
    groq.replies("one two three four", "five");
    groq.cutNextStream(2);
    Text spoken = new Text(1);
    ModelFailure failure = failed(chain(FIRST, SECOND).answer(new ModelRequest(PROMPT), spoken));
    assertThat(failure.kind()).isEqualTo(ModelFailure.Kind.BROKEN);
    assertThat(spoken.text).hasToString("one two");
    assertThat(asked()).hasSize(1);
  }

  @Test
  void theOnlyModelIsAskedTwiceAndWaitsAsTheProviderSays_7() throws InterruptedException {
    groq.retryAfter(1);
    groq.failNext(1, 429);
    long before = System.nanoTime();
    answered(chain(FIRST).answer(new ModelRequest(PROMPT), sink));
    assertThat(System.nanoTime() - before).isGreaterThan(Duration.ofSeconds(1).toNanos());
    groq.retryAfter(60);
    groq.failNext(1, 429);
    ModelFailure failure = failed(chain(FIRST).answer(new ModelRequest(PROMPT), sink));
    assertThat(failure.kind()).isEqualTo(ModelFailure.Kind.LIMITED);
    assertThat(failure.retryAfter()).isEqualTo(Duration.ofSeconds(60));
  }

  @Test
  void aModelWithoutTokensLeftIsNotAskedFirst_L20() throws InterruptedException {
    groq.limits(100_000, 60);
    ModelChain chain = chain(FIRST, SECOND);
    List<ChatMessage> prompt = List.of(new ChatMessage(Role.USER, "word ".repeat(40).strip()));
    assertThat(answered(chain.answer(new ModelRequest(prompt), sink)).model()).isEqualTo(FIRST);
    assertThat(answered(chain.answer(new ModelRequest(prompt), sink)).model()).isEqualTo(SECOND);
    assertThat(kinds).as("known from the headers, not by a refusal").doesNotContain("refused");
  }

  @Test
  void anAnswerWithoutWordsIsNone() throws InterruptedException {
    groq.replies("", "Words.");
    assertThat(answered(chain(FIRST, SECOND).answer(new ModelRequest(PROMPT), sink)).model())
        .isEqualTo(SECOND);
  }

  @Test
  void reasoningIsNeverSpoken_3() throws InterruptedException {
    groq.offer("thinker", 8000);
    groq.reasoning("The user greets me.");
    groq.replies("<think>Hm.</think>Hello.");
    answered(chain("thinker").answer(new ModelRequest(PROMPT), sink));
    assertThat(sink.text).hasToString("Hello.");
  }

  @Test
  void aPromptThatIsTooLongIsCutOnce() throws InterruptedException {
    groq.offer("tiny", 100);
    List<ChatMessage> prompt =
        List.of(
            new ChatMessage(Role.SYSTEM, "Be brief."),
            new ChatMessage(Role.USER, "old ".repeat(150)),
            new ChatMessage(Role.ASSISTANT, "older"),
            new ChatMessage(Role.USER, "new"));
    answered(chain("tiny").answer(new ModelRequest(prompt), sink));
    assertThat(groq.lastPrompt()).isEqualTo("system: Be brief.\nassistant: older\nuser: new");
  }

  @Test
  void nobodyListensIsToldSoon() throws InterruptedException {
    ModelChain chain = chain(FIRST, SECOND);
    groq.close();
    assertThat(failed(chain.answer(new ModelRequest(PROMPT), sink)).kind())
        .isEqualTo(ModelFailure.Kind.UNREACHABLE);
  }

  @Test
  void cancellingClosesTheConnection_10() throws Exception {
    groq.pace(Duration.ofMillis(5), Duration.ofSeconds(1));
    groq.replies("one two three four five six seven eight");
    ModelChain chain = chain(FIRST, SECOND);
    CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
    Thread thread =
        Thread.ofVirtual()
            .start(() -> {
              try {
                chain.answer(new ModelRequest(PROMPT), sink);
                interrupted.complete(false);
              } catch (InterruptedException _) {
                interrupted.complete(true);
              }
            });
    assertThat(await("first-token")).isTrue();
    thread.interrupt();
    assertThat(interrupted.get(10, TimeUnit.SECONDS)).isTrue();
    assertThat(await("cancelled")).isTrue();
  }

  private boolean await(String kind) throws InterruptedException {
    long until = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (System.nanoTime() < until) {
      if (kind.equals(kinds.poll(1, TimeUnit.SECONDS))) {
        return true;
      }
    }
    return false;
  }
}
