package voiceagent.brain.api;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import voiceagent.brain.conversation.CheckpointCodec;
import voiceagent.brain.conversation.Conversation;
import voiceagent.brain.conversation.Persona;
import voiceagent.brain.conversation.Prompt;
import voiceagent.brain.llm.ModelFailure;
import voiceagent.brain.llm.ReplyOutcome;
import voiceagent.kit.grpc.ServerStream;
import voiceagent.kit.observe.CallScope;
import voiceagent.v1.AgentPart;
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

  private final BrainParts parts;
  private final ServerStream<ConverseResponse> stream;
  private Conversation conversation = new Conversation();
  private String call = "";
  private @Nullable Prompt prompt;
  private @Nullable ReplyRun live;
  private long committed;
  private long wastedTokens;

  BrainSession(BrainParts parts, StreamObserver<ConverseResponse> out, Runnable onEnd) {
    this.parts = parts;
    stream =
        ServerStream.of(
            out,
            () -> {
              cancelLive();
              onEnd.run();
            });
  }

  /// A stream that nobody opens is ended.
  synchronized void openOverdue(Duration after) {
    if (prompt == null) {
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
  public void onCompleted() {
    cancelLive();
    stream.complete();
  }

  private synchronized void handle(ConverseRequest request) {
    if (request.hasOpen() != (prompt == null)) {
      stream.fail(
          Status.INVALID_ARGUMENT.withDescription(
              prompt == null
                  ? "the first message is " + request.getMessageCase() + ", expected open"
                  : "open came twice, expected once"));
      return;
    }
    switch (request.getMessageCase()) {
      case OPEN -> open(request.getOpen());
      case UTTERANCE -> utterance(request.getUtterance());
      case COMMIT -> {
        committed = request.getCommit().getReply();
        conversation.committed(committed);
      }
      case CANCEL -> cancel(request.getCancel().getReply());
      case PLAYED -> {
        var played = request.getPlayed();
        heard(played.getReply(), played.getHeard(), played.getComplete());
      }
      case SAID -> heard(request.getSaid().getReply(), request.getSaid().getText(), true);
      case UPDATE -> {
        var update = request.getUpdate();
        setPrompt(update.hasAgent() ? update.getAgent() : null, update.getVariablesMap());
      }
      case CLOSE -> {
        LOG.log(Level.DEBUG, "closed: {0}", request.getClose().getReason());
        cancelLive();
        stream.complete();
      }
      // No agent asks for digits or actions yet, and a newer gateway may send what we do not know.
      case DTMF, ACTION_RESULT, MESSAGE_NOT_SET ->
          LOG.log(Level.DEBUG, "passed over: {0}", request.getMessageCase());
    }
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
    setPrompt(open.getAgent(), open.getVariablesMap());
    stream.send(Answers.opened());
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

  /// @param agent null: as before
  private void setPrompt(@Nullable AgentPart agent, Map<String, String> more) {
    Prompt before = prompt;
    Map<String, String> variables =
        new HashMap<>(before == null ? Map.<String, String>of() : before.variables());
    variables.putAll(more);
    Persona persona =
        agent == null && before != null
            ? before.persona()
            : persona(agent == null ? AgentPart.getDefaultInstance() : agent);
    prompt = new Prompt(persona, variables);
  }

  private static Persona persona(AgentPart agent) {
    return new Persona(
        agent.getName(), agent.getCompany(), agent.getLanguage(), agent.getPersona());
  }

  private void utterance(Utterance utterance) {
    long now = parts.clock().nanos();
    cancelLive();
    long reply = utterance.getReply();
    if (utterance.getText().isBlank()) {
      stream.send(Answers.failed(reply, "the utterance is empty, expected the caller's words"));
      return;
    }
    conversation.asked(utterance.getTurn(), reply, utterance.getText(), utterance.getSpeculative());
    Prompt asked = java.util.Objects.requireNonNull(prompt);
    ReplyRun run =
        new ReplyRun(
            call,
            reply,
            utterance.getSpeculative(),
            asked.messages(conversation),
            parts.models(),
            this,
            parts.clock(),
            now);
    live = run;
    run.start();
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
    if (run.isSpeculative() && run.reply() != committed) {
      wastedTokens += run.tokens();
      parts.meters().wasted(run.tokens());
    }
  }

  /// A checkpoint for each: the gateway counts on it.
  private void heard(long reply, String text, boolean complete) {
    conversation.heard(reply, text, complete);
    stream.send(Answers.checkpoint(CheckpointCodec.encode(conversation)));
  }

  @Override
  public synchronized boolean clause(ReplyRun run, int index, String text, boolean last) {
    if (live != run) {
      return false;
    }
    stream.send(Answers.clause(run.reply(), index, text, last));
    return true;
  }

  @Override
  public synchronized void finished(ReplyRun run, ReplyOutcome.Answered answer) {
    if (live != run) {
      return;
    }
    stream.send(
        Answers.done(
            new ReplyReport(
                run.reply(),
                answer.model(),
                answer.usage(),
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
