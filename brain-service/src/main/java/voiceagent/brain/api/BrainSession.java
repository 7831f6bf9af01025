package voiceagent.brain.api;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import voiceagent.brain.conversation.CheckpointCodec;
import voiceagent.brain.conversation.Conversation;
import voiceagent.brain.llm.ChatMessage;
import voiceagent.brain.llm.ModelFailure;
import voiceagent.brain.llm.ReplyOutcome;
import voiceagent.brain.llm.TokenUsage;
import voiceagent.brain.llm.ToolCall;
import voiceagent.brain.route.RoutedAnswer;
import voiceagent.brain.tool.CallAction;
import voiceagent.kit.grpc.ServerStream;
import voiceagent.kit.observe.CallScope;
import voiceagent.v1.ConverseRequest;
import voiceagent.v1.ConverseResponse;
import voiceagent.v1.OpenConversation;
import voiceagent.v1.Utterance;

/// One call's stream. The gateway's messages come on an event loop, a reply's words on the reply's
/// own thread; both take this object's monitor, and nothing within it blocks.
///
/// One reply is live at most. What another has to say is dropped.
final class BrainSession implements StreamObserver<ConverseRequest>, ReplyRun.Owner {
  private static final Logger LOG = System.getLogger(BrainSession.class.getName());

  /// The gateway goes on with the call elsewhere.
  private static final String REPLACED = "replaced";

  private final BrainParts parts;
  private final ServerStream<ConverseResponse> stream;
  private final CallExtraction extraction;
  private Conversation conversation = new Conversation();
  private String call = "";
  private @Nullable CallAgent agent;
  private @Nullable ReplyRun live;
  private long committed;
  private long wastedTokens;
  private long held;
  private boolean closing;

  /// Actions that the gateway was asked for; it sends their results.
  private final Set<String> acting = new HashSet<>();

  BrainSession(BrainParts parts, StreamObserver<ConverseResponse> out, Runnable onEnd) {
    this.parts = parts;
    stream =
        ServerStream.of(
            out,
            () -> {
              cancelLive();
              onEnd.run();
            });
    extraction = new CallExtraction(parts.extractor(), stream);
  }

  /// A stream that nobody opens is ended.
  synchronized void openOverdue(Duration after) {
    if (agent == null) {
      stream.fail(
          Status.DEADLINE_EXCEEDED.withDescription("no open within " + after.toSeconds() + " s"));
    }
  }

  /// The stage is full.
  void refuse(String reason) {
    stream.fail(Status.RESOURCE_EXHAUSTED.withDescription(reason));
  }

  void draining(Duration grace) {
    stream.send(Answers.draining(grace));
  }

  @Override
  public void onNext(ConverseRequest request) {
    CallScope.run(
        request.hasOpen() ? request.getOpen().getContext().getCall() : call,
        () -> {
          try {
            handle(request);
          } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "a message of the gateway failed", e);
            stream.fail(Status.INTERNAL.withDescription("the brain failed"));
          }
        });
  }

  @Override
  public void onError(Throwable error) {
    cancelLive();
  }

  @Override
  public synchronized void onCompleted() {
    cancelLive();
    if (!closing) {
      stream.complete();
    }
  }

  private synchronized void handle(ConverseRequest request) {
    if (request.hasOpen() != (agent == null)) {
      stream.fail(
          Status.INVALID_ARGUMENT.withDescription(
              agent == null
                  ? "the first message is " + request.getMessageCase() + ", expected open"
                  : "open came twice, expected once"));
      return;
    }
    switch (request.getMessageCase()) {
      case OPEN -> open(request.getOpen());
      case UTTERANCE -> utterance(request.getUtterance());
      case COMMIT -> commit(request.getCommit().getReply());
      case CANCEL -> cancel(request.getCancel().getReply());
      case PLAYED -> {
        var played = request.getPlayed();
        heard(played.getReply(), played.getHeard(), played.getComplete());
      }
      case SAID -> heard(request.getSaid().getReply(), request.getSaid().getText(), true);
      case DTMF -> {
        conversation.pressed(request.getDtmf().getDigits());
        held();
      }
      case ACTION_RESULT -> {
        var result = request.getActionResult();
        if (!conversation.settled(result.getId(), ActionResults.words(result))) {
          LOG.log(Level.DEBUG, "a result for no action that waits: {0}", result.getId());
        }
        held();
      }
      case UPDATE -> {
        var update = request.getUpdate();
        CallAgent now = agent();
        Map<String, String> variables = new HashMap<>(now.variables());
        variables.putAll(update.getVariablesMap());
        agent = parts.agents().of(update.hasAgent() ? update.getAgent() : now.part(), variables);
      }
      case CLOSE -> close(request.getClose().getReason());
      // A newer gateway may send what we do not know.
      case MESSAGE_NOT_SET -> LOG.log(Level.DEBUG, "passed over: {0}", request.getMessageCase());
    }
  }

  private CallAgent agent() {
    return java.util.Objects.requireNonNull(agent);
  }

  private void open(OpenConversation open) {
    call = open.getContext().getCall();
    byte[] checkpoint = open.getCheckpoint().toByteArray();
    if (checkpoint.length == 0 && !parts.hasRoom()) {
      refuse("the provider's limits carry no further call");
      return;
    }
    if (checkpoint.length > 0) {
      restore(checkpoint);
    }
    agent = parts.agents().of(open.getAgent(), open.getVariablesMap());
    stream.send(Answers.opened(agent().router().isReady()));
    parts.watch().callBegins();
    parts
        .watch()
        .refusal()
        .ifPresent(detail ->
            stream.send(
                Answers.failed(
                    parts.provider(), 0, ModelFailure.of(ModelFailure.Kind.UNAUTHORIZED, detail))));
  }

  private void restore(byte[] checkpoint) {
    try {
      conversation = CheckpointCodec.decode(checkpoint);
      LOG.log(Level.INFO, "conversation restored");
    } catch (IOException e) {
      LOG.log(
          Level.WARNING,
          "the checkpoint cannot be read, the conversation begins anew: {0}",
          e.getMessage());
    }
  }

  private void utterance(Utterance utterance) {
    long now = parts.clock().nanos();
    cancelLive();
    long reply = utterance.getReply();
    String text = utterance.getText().strip();
    if (text.isEmpty() && !conversation.awaitsAnswer()) {
      stream.send(Answers.failed(reply, "the utterance is empty, expected the caller's words"));
      return;
    }
    conversation.asked(utterance.getTurn(), reply, text, utterance.getSpeculative());
    CallAgent its = agent();
    ReplyRun run =
        new ReplyRun(
            new Question(
                call,
                reply,
                text,
                utterance.getSpeculative() && committed != reply,
                its.prompt().messages(conversation),
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

  private void commit(long reply) {
    committed = reply;
    conversation.committed(reply);
    if (live != null && live.reply() == reply) {
      live.commit();
    }
  }

  /// What the agent file wants extracted comes last; nothing of the conversation is in it that was
  /// not heard.
  private void close(String reason) {
    LOG.log(Level.DEBUG, "closed: {0}", reason);
    cancelLive();
    closing = true;
    if (reason.equals(REPLACED)) {
      stream.complete();
    } else {
      extraction.over(call, agent(), conversation, stream::complete);
    }
  }

  private void cancel(long reply) {
    ReplyRun run = live;
    if (run != null && run.reply() == reply) {
      cancelLive();
    }
  }

  private synchronized void cancelLive() {
    ReplyRun run = live;
    if (run == null) {
      return;
    }
    live = null;
    run.cancel();
    for (String id : conversation.unsettled(run.reply())) {
      if (!acting.contains(id)) {
        conversation.settled(id, "cancelled: the caller went on");
      }
    }
    if (run.isSpeculative() && run.reply() != committed) {
      wastedTokens += run.tokens();
      parts.meters().wasted(run.tokens());
    }
  }

  private void heard(long reply, String text, boolean complete) {
    conversation.heard(reply, text, complete);
    held();
    if (complete) {
      extraction.answered(call, agent(), conversation);
    }
  }

  /// One more of what the gateway sends again to another replica until a checkpoint has counted it.
  private void held() {
    held++;
    checkpoint();
  }

  private void checkpoint() {
    stream.send(Answers.checkpoint(CheckpointCodec.encode(conversation), held));
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
    conversation.called(run.reply(), tool, id, action);
    checkpoint();
    return true;
  }

  @Override
  public synchronized List<ChatMessage> settled(ReplyRun run, String id, String result) {
    if (live == run) {
      conversation.settled(id, result);
      checkpoint();
    }
    return agent().prompt().messages(conversation);
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
