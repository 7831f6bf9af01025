package voiceagent.brain.api;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import voiceagent.brain.clause.ClauseSplitter;
import voiceagent.brain.llm.ChatMessage;
import voiceagent.brain.llm.ModelRequest;
import voiceagent.brain.llm.ReplyOutcome;
import voiceagent.brain.llm.ReplySink;
import voiceagent.brain.llm.TokenUsage;
import voiceagent.brain.llm.ToolCall;
import voiceagent.brain.llm.ToolOffer;
import voiceagent.brain.route.RoutedAnswer;
import voiceagent.brain.tool.CallAction;
import voiceagent.brain.tool.LoopBreaker;
import voiceagent.brain.tool.ToolUse;
import voiceagent.kit.observe.CallScope;
import voiceagent.kit.text.SpokenForm;

/// One reply while it is made, on a virtual thread of its own: a route answers, or a model does,
/// and the tools that it uses. What it has to say it tells its owner, who drops it once the reply
/// is dead.
final class ReplyRun implements Runnable, ReplySink {
  private static final Logger LOG = System.getLogger(ReplyRun.class.getName());

  /// A speculative reply waits so long for its commit before it does something.
  private static final Duration COMMIT_WITHIN = Duration.ofSeconds(30);

  /// Told what the reply says and does, on the reply's thread.
  interface Owner {
    /// A route answers, and nothing else follows.
    void routed(ReplyRun run, RoutedAnswer answer);

    /// @return false if nobody wants the reply any more
    boolean clause(ReplyRun run, int index, String text, boolean last, boolean filler);

    /// The model uses a tool.
    ///
    /// @param action the gateway shall do it
    /// @return false if nobody wants the reply any more: then it is not used
    boolean called(ReplyRun run, ToolCall call, String id, boolean action);

    /// What came of a tool.
    ///
    /// @return the prompt that goes on with it
    List<ChatMessage> settled(ReplyRun run, String id, String result);

    /// The gateway shall do something.
    void act(ReplyRun run, String id, CallAction action);

    /// All clauses are out.
    ///
    /// @param answer the model's first
    /// @param usage of all that it was asked for this reply
    void finished(ReplyRun run, ReplyOutcome.Answered answer, TokenUsage usage);

    /// No more clauses come, and the reply is not whole.
    void failed(ReplyRun run, ReplyOutcome.Failed failure);

    /// An error of ours.
    void broken(ReplyRun run);
  }

  private final Question question;
  private final BrainParts parts;
  private final Owner owner;
  private final Thread thread;
  private final CountDownLatch committed;
  private final LoopBreaker breaker = new LoopBreaker();
  private final AtomicLong characters = new AtomicLong();
  private List<ToolOffer> offers;
  private ClauseSplitter splitter = new ClauseSplitter();
  private int clauses;
  private int clausesBefore;
  private int used;
  private long askedAt;
  private long stageNanos;

  ReplyRun(Question question, BrainParts parts, Owner owner) {
    this.question = question;
    this.parts = parts;
    this.owner = owner;
    offers = question.tools().offers();
    committed = new CountDownLatch(question.speculative() ? 1 : 0);
    thread =
        Thread.ofVirtual()
            .name("reply-" + question.reply())
            .unstarted(() -> CallScope.run(question.call(), this));
  }

  void start() {
    thread.start();
  }

  /// Ends the request to the model. Harmless when repeated.
  void cancel() {
    thread.interrupt();
  }

  /// The turn was over indeed: now it may do things.
  void commit() {
    committed.countDown();
  }

  long reply() {
    return question.reply();
  }

  boolean isSpeculative() {
    return question.speculative();
  }

  long utteranceAt() {
    return question.askedAt();
  }

  /// Our own part of the time to the first clause.
  long stageNanos() {
    return stageNanos;
  }

  /// Tokens it took so far, by estimate.
  long tokens() {
    return question.prompt().stream().mapToLong(ChatMessage::tokens).sum() + characters.get() / 4;
  }

  @Override
  public void run() {
    try {
      var routed = question.router().answer(question.text());
      if (routed.isPresent()) {
        stageNanos = parts.clock().nanos() - question.askedAt();
        owner.routed(this, routed.get());
      } else {
        ask();
      }
    } catch (InterruptedException _) {
      // cancelled: nobody waits for anything
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "a reply failed", e);
      owner.broken(this);
    }
  }

  private void ask() throws InterruptedException {
    List<ChatMessage> prompt = question.prompt();
    ReplyOutcome.Answered first = null;
    TokenUsage usage = TokenUsage.UNKNOWN;
    while (true) {
      askedAt = parts.clock().nanos();
      ReplyOutcome outcome = parts.models().answer(new ModelRequest(prompt, offers), this);
      if (!(outcome instanceof ReplyOutcome.Answered answer)) {
        owner.failed(this, (ReplyOutcome.Failed) outcome);
        return;
      }
      first = first == null ? answer : first;
      usage = usage.plus(answer.usage());
      Steps steps = new Steps(prompt);
      if (answer.calls().isEmpty() || steps.ended(answer.calls())) {
        end(answer.calls().isEmpty());
        owner.finished(this, first, usage);
        return;
      }
      prompt = steps.prompt;
      clausesBefore = clauses;
      splitter = new ClauseSplitter();
    }
  }

  /// The tools of one answer, one after the other.
  private final class Steps {
    private List<ChatMessage> prompt;

    Steps(List<ChatMessage> before) {
      prompt = before;
    }

    /// @return true if the reply is over with them
    boolean ended(List<ToolCall> calls) throws InterruptedException {
      rest(" ", false);
      if (!committed.await(COMMIT_WITHIN.toNanos(), TimeUnit.NANOSECONDS)) {
        throw new InterruptedException("never committed");
      }
      for (ToolCall call : calls) {
        String id = question.reply() + "-" + ++used;
        ToolUse use = question.tools().use(call);
        if (!owner.called(ReplyRun.this, call, id, use instanceof ToolUse.Act)) {
          throw new InterruptedException("cancelled before a tool was used");
        }
        if (use(call, use, id)) {
          return true;
        }
      }
      return false;
    }

    private boolean use(ToolCall call, ToolUse use, String id) throws InterruptedException {
      if (!breaker.allows(call)) {
        LOG.log(Level.WARNING, "the model calls {0} over and over: no more tools", call.name());
        offers = List.of();
        settled(id, "error: called too often; answer in words now");
        return false;
      }
      switch (use) {
        case ToolUse.Wrong(String problem) -> settled(id, "error: " + problem);
        case ToolUse.Ask(var tool, var arguments) -> {
          filler(tool.say());
          settled(id, parts.http().ask(tool, arguments, question.call(), id));
        }
        case ToolUse.Act(CallAction action, String say) -> {
          filler(say);
          owner.act(ReplyRun.this, id, action);
          return true;
        }
      }
      return false;
    }

    private void settled(String id, String result) {
      prompt = owner.settled(ReplyRun.this, id, result);
    }

    /// Said where the model itself said nothing.
    private void filler(String text) {
      if (clauses == 0 && !text.isBlank()) {
        say(question.filled(text).strip() + " ", false, parts.clock().nanos(), true);
      }
    }
  }

  @Override
  public void text(String text) {
    long arrivedAt = parts.clock().nanos();
    characters.addAndGet(text.length());
    splitter.push(text).forEach(clause -> say(clause, false, arrivedAt, false));
  }

  @Override
  public boolean isSpoken() {
    return clauses > clausesBefore;
  }

  @Override
  public void restart() {
    splitter = new ClauseSplitter();
  }

  /// @param words the reply ends with what the model wrote; otherwise that is out already
  private void end(boolean words) {
    if (words) {
      rest("", true);
    } else {
      say("", true, parts.clock().nanos(), false);
    }
  }

  private void rest(String after, boolean last) {
    List<String> rest = splitter.end();
    for (int i = 0; i < rest.size(); i++) {
      boolean end = i == rest.size() - 1;
      if (last || !rest.get(i).isBlank()) {
        say(rest.get(i) + (end ? after : ""), last && end, parts.clock().nanos(), false);
      }
    }
  }

  private void say(String text, boolean last, long arrivedAt, boolean filler) {
    String spoken = SpokenForm.of(text, question.language());
    if (!owner.clause(this, clauses, spoken, last, filler)) {
      Thread.currentThread().interrupt();
    }
    if (clauses == 0) {
      stageNanos = askedAt - question.askedAt() + parts.clock().nanos() - arrivedAt;
    }
    clauses++;
  }
}
