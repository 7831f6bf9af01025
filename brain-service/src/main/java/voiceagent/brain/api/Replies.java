package voiceagent.brain.api;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import voiceagent.brain.llm.ChatMessage;
import voiceagent.brain.llm.ModelFailure;
import voiceagent.brain.llm.ReplyOutcome;
import voiceagent.brain.llm.TokenUsage;
import voiceagent.brain.llm.ToolCall;
import voiceagent.brain.route.RoutedAnswer;
import voiceagent.brain.tool.CallAction;
import voiceagent.kit.grpc.ServerStream;
import voiceagent.v1.ConverseResponse;
import voiceagent.v1.Utterance;

/// The replies of one call. One is live at most; what another has to say is dropped. The gateway's
/// wishes come on an event loop, a reply's words on the reply's own thread: both take this object's
/// monitor, and nothing within it blocks.
final class Replies implements ReplyRun.Owner {
  private static final Logger LOG = System.getLogger(Replies.class.getName());

  private final BrainParts parts;
  private final Talk talk;
  private final ServerStream<ConverseResponse> stream;

  /// Actions that the gateway was asked for; it sends their results.
  private final Set<String> acting = new HashSet<>();

  private @Nullable ReplyRun live;
  private long committed;
  private long wastedTokens;

  Replies(BrainParts parts, Talk talk, ServerStream<ConverseResponse> stream) {
    this.parts = parts;
    this.talk = talk;
    this.stream = stream;
  }

  /// Begins a reply; the one before is cancelled.
  ///
  /// @param now when the utterance came
  synchronized void begin(Utterance utterance, long now) {
    cancel();
    long reply = utterance.getReply();
    String text = utterance.getText().strip();
    if (text.isEmpty() && !talk.awaitsAnswer()) {
      stream.send(Answers.failed(reply, "the utterance is empty, expected the caller's words"));
      return;
    }
    boolean speculative = utterance.getSpeculative();
    List<ChatMessage> prompt = talk.asked(utterance.getTurn(), reply, text, speculative);
    CallAgent its = talk.agent();
    ReplyRun run =
        new ReplyRun(
            new Question(
                talk.call(),
                reply,
                text,
                speculative && committed != reply,
                prompt,
                its.tools(),
                its.router(),
                its.variables(),
                its.part().getLanguage(),
                now),
            parts,
            this);
    live = run;
    run.start();
  }

  synchronized void commit(long reply) {
    committed = reply;
    talk.committed(reply);
    if (live != null && live.reply() == reply) {
      live.commit();
    }
  }

  synchronized void cancel(long reply) {
    if (live != null && live.reply() == reply) {
      cancel();
    }
  }

  /// Ends what is being said. Harmless when repeated.
  synchronized void cancel() {
    ReplyRun run = live;
    if (run == null) {
      return;
    }
    live = null;
    run.cancel();
    talk.abandoned(run.reply(), acting);
    if (run.isSpeculative() && run.reply() != committed) {
      wastedTokens += run.tokens();
      parts.meters().wasted(run.tokens());
    }
  }

  @Override
  public synchronized void routed(ReplyRun run, RoutedAnswer answer) {
    if (live == run) {
      stream.send(Answers.clip(run.reply(), answer));
      stream.send(Answers.routed(run.reply(), answer, run.stageNanos(), wastedTokens));
      wastedTokens = 0;
      LOG.log(Level.INFO, "reply {0} by route {1}", String.valueOf(run.reply()), answer.route());
    }
  }

  @Override
  public synchronized boolean clause(
      ReplyRun run, int index, String text, boolean last, boolean filler) {
    if (live != run) {
      return false;
    }
    stream.send(Answers.clause(run.reply(), index, text, last, filler));
    return true;
  }

  @Override
  public synchronized boolean called(ReplyRun run, ToolCall tool, String id, boolean action) {
    if (live != run) {
      return false;
    }
    LOG.log(Level.INFO, "reply {0} uses {1}", String.valueOf(run.reply()), tool.name());
    talk.called(run.reply(), tool, id, action);
    return true;
  }

  @Override
  public synchronized List<ChatMessage> settled(ReplyRun run, String id, String result) {
    return live == run ? talk.settled(id, result) : talk.prompt();
  }

  @Override
  public synchronized void act(ReplyRun run, String id, CallAction action) {
    if (live == run) {
      acting.add(id);
      stream.send(Answers.action(run.reply(), id, action));
    }
  }

  @Override
  public synchronized void finished(ReplyRun run, ReplyOutcome.Answered answer, TokenUsage usage) {
    if (live != run) {
      return;
    }
    stream.send(
        Answers.done(
            new ReplyReport(
                run.reply(),
                answer.model(),
                usage,
                answer.firstTokenAt() - run.utteranceAt(),
                run.stageNanos(),
                answer.requestId(),
                wastedTokens)));
    wastedTokens = 0;
    LOG.log(
        Level.INFO,
        "reply {0} by {1}: first token after {2} ms, request {3}",
        String.valueOf(run.reply()),
        answer.model(),
        String.valueOf((answer.firstTokenAt() - run.utteranceAt()) / 1_000_000),
        answer.requestId());
  }

  @Override
  public synchronized void failed(ReplyRun run, ReplyOutcome.Failed failed) {
    ModelFailure failure = failed.failure();
    if (failure.kind() == ModelFailure.Kind.UNAUTHORIZED) {
      parts.watch().unauthorized(failure.detail());
    }
    if (live == run) {
      live = null;
      stream.send(Answers.failed(parts.provider(), run.reply(), failure));
    }
  }

  @Override
  public synchronized void broken(ReplyRun run) {
    if (live == run) {
      live = null;
      stream.send(Answers.failed(run.reply(), "an error within the brain"));
    }
  }
}
