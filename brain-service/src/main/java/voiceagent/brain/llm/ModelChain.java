package voiceagent.brain.llm;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import voiceagent.kit.time.Timers;

/// Gets one reply from the first model that answers in time.
///
/// A model that is gone, limited, in trouble or silent is left for the next at once, while nothing
/// of the reply was given on and `attempts` is not over. The last one is asked once more where that
/// may help, after the wait that the provider asks for if there is time for it. A refused key ends
/// all. Any thread; blocks.
public final class ModelChain {
  private static final Logger LOG = System.getLogger(ModelChain.class.getName());

  private final LanguageModel provider;
  private final ModelOrder order;
  private final TokenBudget budget;
  private final Deadlines deadlines;
  private final Timers clock;
  private final LlmMeters meters;

  public ModelChain(
      LanguageModel provider,
      ModelOrder order,
      TokenBudget budget,
      Deadlines deadlines,
      Timers clock,
      LlmMeters meters) {
    this.provider = provider;
    this.order = order;
    this.budget = budget;
    this.deadlines = deadlines;
    this.clock = clock;
    this.meters = meters;
  }

  /// Asks until there is an answer or no hope of one.
  ///
  /// @throws InterruptedException if the reply is cancelled; the request is closed by then
  public ReplyOutcome answer(ModelRequest request, ReplySink sink) throws InterruptedException {
    ModelRequest prompt = request;
    long giveUp = clock.nanos() + deadlines.attempts().toNanos();
    Deque<String> models = candidates(prompt);
    boolean again = true;
    while (true) {
      String model = models.remove();
      ReplyOutcome outcome = new Attempt(model, prompt, sink, giveUp).run();
      if (!(outcome instanceof ReplyOutcome.Failed(ModelFailure failure))) {
        return outcome;
      }
      LOG.log(Level.WARNING, "{0} gave no answer: {1}", model, describe(failure));
      note(model, failure);
      if (sink.isSpoken() || failure.kind() == ModelFailure.Kind.UNAUTHORIZED) {
        return outcome;
      }
      if (failure.kind() == ModelFailure.Kind.TOO_LONG && again) {
        again = false;
        prompt = prompt.with(shorter(prompt.messages()));
        models.addFirst(model);
      } else if (failure.kind() == ModelFailure.Kind.TOOL_FAILED && !prompt.tools().isEmpty()) {
        prompt = prompt.withoutTools();
        models.addFirst(model);
      } else if (models.isEmpty() && again && failure.kind().isPassing()) {
        again = false;
        models.add(model);
        if (!waits(failure, giveUp)) {
          return outcome;
        }
      }
      if (models.isEmpty() || clock.nanos() - giveUp >= 0) {
        return outcome;
      }
      meters.fallback(failure.kind().word());
      sink.restart();
    }
  }

  /// Those that would refuse for their limit come last.
  private Deque<String> candidates(ModelRequest prompt) {
    int tokens = prompt.tokens();
    long now = clock.nanos();
    List<String> usable = order.usable();
    Deque<String> models = new ArrayDeque<>();
    usable.stream().filter(m -> !budget.isSpent(m, tokens, now)).forEach(models::add);
    usable.stream().filter(m -> budget.isSpent(m, tokens, now)).forEach(models::add);
    if (!models.getFirst().equals(usable.getFirst())) {
      meters.fallback("budget");
    }
    return models;
  }

  private void note(String model, ModelFailure failure) {
    switch (failure.kind()) {
      case GONE -> order.gone(model);
      case LIMITED -> budget.refused(model, failure.retryAfter(), clock.nanos());
      case UNAUTHORIZED,
          REJECTED,
          TOO_LONG,
          OVERLOADED,
          TIMEOUT,
          TOOL_FAILED,
          BROKEN,
          UNREACHABLE -> {}
    }
  }

  /// Waits as long as the provider asks.
  ///
  /// @return false if that would be too long, or it does not say
  private boolean waits(ModelFailure failure, long giveUp) throws InterruptedException {
    if (failure.kind() != ModelFailure.Kind.LIMITED) {
      return true;
    }
    long left = giveUp - clock.nanos() - deadlines.firstToken().toNanos() / 2;
    if (failure.retryAfter().isZero() || failure.retryAfter().toNanos() > left) {
      return false;
    }
    Thread.sleep(failure.retryAfter());
    return true;
  }

  /// The system prompt and the later half of the talk.
  private static List<ChatMessage> shorter(List<ChatMessage> prompt) {
    List<ChatMessage> kept = new ArrayList<>();
    for (int i = 0; i < prompt.size(); i++) {
      if (prompt.get(i).role() == ChatMessage.Role.SYSTEM
          || i >= prompt.size() - prompt.size() / 2) {
        kept.add(prompt.get(i));
      }
    }
    return kept;
  }

  private static String describe(ModelFailure failure) {
    String id = failure.requestId().isEmpty() ? "" : " (" + failure.requestId() + ")";
    return failure.kind().word() + ": " + failure.detail() + id;
  }

  /// One request to one model.
  private final class Attempt {
    private final String model;
    private final ModelRequest prompt;
    private final ReplySink sink;
    private final long begun = clock.nanos();
    private final long giveUp;
    private long firstTokenAt;
    private boolean hasText;
    private List<ToolCall> calls = List.of();

    Attempt(String model, ModelRequest prompt, ReplySink sink, long giveUp) {
      this.model = model;
      this.prompt = prompt;
      this.sink = sink;
      this.giveUp = giveUp;
    }

    ReplyOutcome run() throws InterruptedException {
      if (Thread.interrupted()) {
        throw new InterruptedException("cancelled before the model was asked");
      }
      String outcome = "cancelled";
      try (ModelStream stream = provider.ask(model, prompt)) {
        ReplyOutcome.Answered answered = take(stream);
        outcome = "ok";
        return answered;
      } catch (ModelException e) {
        outcome = e.failure().kind().word();
        return new ReplyOutcome.Failed(e.failure());
      } finally {
        meters.request(model, outcome);
      }
    }

    private ReplyOutcome.Answered take(ModelStream stream)
        throws ModelException, InterruptedException {
      while (true) {
        Duration within = patience();
        Optional<ReplyDelta> delta = stream.next(within);
        if (delta.isEmpty()) {
          throw silent(stream.requestId());
        }
        switch (delta.get()) {
          case ReplyDelta.Text(String text) -> text(text);
          case ReplyDelta.Calls(List<ToolCall> wanted) -> {
            began();
            calls = wanted;
          }
          case ReplyDelta.Finished(String reason, TokenUsage usage) -> {
            meters.used(usage);
            budget.spent(usage.prompt() + usage.completion(), clock.nanos());
            if (!hasText) {
              throw new ModelException(
                  ModelFailure.of(
                      ModelFailure.Kind.BROKEN, "an answer without words, ended by " + reason));
            }
            return new ReplyOutcome.Answered(model, usage, firstTokenAt, stream.requestId(), calls);
          }
        }
      }
    }

    private void text(String text) {
      began();
      sink.text(text);
    }

    private void began() {
      if (!hasText) {
        hasText = true;
        firstTokenAt = clock.nanos();
        meters.firstToken(firstTokenAt - begun);
      }
    }

    /// How long the next piece may take.
    private Duration patience() {
      long now = clock.nanos();
      long left =
          hasText
              ? Math.min(
                  deadlines.betweenTokens().toNanos(), begun + deadlines.total().toNanos() - now)
              : Math.min(begun + deadlines.firstToken().toNanos(), giveUp) - now;
      return Duration.ofNanos(Math.max(0, left));
    }

    private ModelException silent(String requestId) {
      long millis = (clock.nanos() - begun) / 1_000_000;
      String detail =
          hasText
              ? "no further token, " + millis + " ms after asking"
              : "no token within " + millis + " ms";
      return new ModelException(
          new ModelFailure(ModelFailure.Kind.TIMEOUT, detail, Duration.ZERO, requestId));
    }
  }
}
