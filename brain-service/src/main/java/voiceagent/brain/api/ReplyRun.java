package voiceagent.brain.api;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import voiceagent.brain.clause.ClauseSplitter;
import voiceagent.brain.llm.ChatMessage;
import voiceagent.brain.llm.ModelChain;
import voiceagent.brain.llm.ReplyOutcome;
import voiceagent.brain.llm.ReplySink;
import voiceagent.kit.observe.CallScope;
import voiceagent.kit.time.Timers;

/// One reply while it is made, on a virtual thread of its own. What it has to say it tells its
/// owner, who drops it once the reply is dead.
final class ReplyRun implements Runnable, ReplySink {
  private static final Logger LOG = System.getLogger(ReplyRun.class.getName());

  /// Told what the reply says, on the reply's thread.
  interface Owner {
    /// @return false if nobody wants the reply any more
    boolean clause(ReplyRun run, int index, String text, boolean last);

    /// All clauses are out.
    void finished(ReplyRun run, ReplyOutcome.Answered answer);

    /// No more clauses come, and the reply is not whole.
    void failed(ReplyRun run, ReplyOutcome.Failed failure);

    /// An error of ours.
    void broken(ReplyRun run);
  }

  private final long reply;
  private final boolean speculative;
  private final List<ChatMessage> prompt;
  private final ModelChain models;
  private final Owner owner;
  private final Timers clock;
  private final long utteranceAt;
  private final Thread thread;
  private ClauseSplitter splitter = new ClauseSplitter();
  private int clauses;
  private long askedAt;
  private long stageNanos;
  private final AtomicLong characters = new AtomicLong();

  /// @param utteranceAt when the utterance came, by the clock
  ReplyRun(
      String call,
      long reply,
      boolean speculative,
      List<ChatMessage> prompt,
      ModelChain models,
      Owner owner,
      Timers clock,
      long utteranceAt) {
    this.reply = reply;
    this.speculative = speculative;
    this.prompt = prompt;
    this.models = models;
    this.owner = owner;
    this.clock = clock;
    this.utteranceAt = utteranceAt;
    thread = Thread.ofVirtual().name("reply-" + reply).unstarted(() -> CallScope.run(call, this));
  }

  void start() {
    thread.start();
  }

  /// Ends the request to the model. Harmless when repeated.
  void cancel() {
    thread.interrupt();
  }

  long reply() {
    return reply;
  }

  boolean isSpeculative() {
    return speculative;
  }

  long utteranceAt() {
    return utteranceAt;
  }

  /// Our own part of the time to the first clause.
  long stageNanos() {
    return stageNanos;
  }

  /// Tokens it took so far, by estimate.
  long tokens() {
    return prompt.stream().mapToLong(ChatMessage::tokens).sum() + characters.get() / 4;
  }

  @Override
  public void run() {
    try {
      askedAt = clock.nanos();
      switch (models.answer(prompt, this)) {
        case ReplyOutcome.Answered answer -> {
          List<String> rest = splitter.end();
          for (int i = 0; i < rest.size(); i++) {
            say(rest.get(i), i == rest.size() - 1, clock.nanos());
          }
          owner.finished(this, answer);
        }
        case ReplyOutcome.Failed failure -> owner.failed(this, failure);
      }
    } catch (InterruptedException _) {
      // cancelled: nobody waits for anything
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "a reply failed", e);
      owner.broken(this);
    }
  }

  @Override
  public void text(String text) {
    long arrivedAt = clock.nanos();
    characters.addAndGet(text.length());
    splitter.push(text).forEach(clause -> say(clause, false, arrivedAt));
  }

  @Override
  public boolean isSpoken() {
    return clauses > 0;
  }

  @Override
  public void restart() {
    splitter = new ClauseSplitter();
  }

  private void say(String text, boolean last, long arrivedAt) {
    if (!owner.clause(this, clauses, text, last)) {
      Thread.currentThread().interrupt();
    }
    if (clauses == 0) {
      stageNanos = askedAt - utteranceAt + clock.nanos() - arrivedAt;
    }
    clauses++;
  }
}
