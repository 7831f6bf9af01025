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
import voiceagent.brain.llm.ModelFailure;
import voiceagent.kit.grpc.ServerStream;
import voiceagent.kit.observe.CallScope;
import voiceagent.v1.ConverseRequest;
import voiceagent.v1.ConverseResponse;
import voiceagent.v1.OpenConversation;
import voiceagent.v1.UpdateConversation;

/// One call's stream: what the gateway sends, given to the call's [Talk] and [Replies]. On an event
/// loop.
final class BrainSession implements StreamObserver<ConverseRequest> {
  private static final Logger LOG = System.getLogger(BrainSession.class.getName());

  /// The gateway goes on with the call elsewhere.
  private static final String REPLACED = "replaced";

  private record Opened(Talk talk, Replies replies) {}

  private final BrainParts parts;
  private final ServerStream<ConverseResponse> stream;
  private volatile @Nullable Opened opened;
  private boolean closing;

  BrainSession(BrainParts parts, StreamObserver<ConverseResponse> out, Runnable onEnd) {
    this.parts = parts;
    stream =
        ServerStream.of(
            out,
            () -> {
              silence();
              onEnd.run();
            });
  }

  /// A stream that nobody opens is ended.
  synchronized void openOverdue(Duration after) {
    if (opened == null) {
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
    Opened now = opened;
    String call = now == null ? request.getOpen().getContext().getCall() : now.talk().call();
    CallScope.run(
        call,
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
    silence();
  }

  @Override
  public synchronized void onCompleted() {
    silence();
    if (!closing) {
      stream.complete();
    }
  }

  private synchronized void handle(ConverseRequest request) {
    Opened now = opened;
    if (now == null && request.hasOpen()) {
      open(request.getOpen());
    } else if (now == null || request.hasOpen()) {
      stream.fail(
          Status.INVALID_ARGUMENT.withDescription(
              now == null
                  ? "the first message is " + request.getMessageCase() + ", expected open"
                  : "open came twice, expected once"));
    } else {
      told(request, now.talk(), now.replies());
    }
  }

  private void told(ConverseRequest request, Talk talk, Replies replies) {
    switch (request.getMessageCase()) {
      case UTTERANCE -> replies.begin(request.getUtterance(), parts.clock().nanos());
      case COMMIT -> replies.commit(request.getCommit().getReply());
      case CANCEL -> replies.cancel(request.getCancel().getReply());
      case PLAYED -> {
        var played = request.getPlayed();
        talk.heard(played.getReply(), played.getHeard(), played.getComplete());
      }
      case SAID -> talk.heard(request.getSaid().getReply(), request.getSaid().getText(), true);
      case DTMF -> talk.pressed(request.getDtmf().getDigits());
      case ACTION_RESULT -> {
        var result = request.getActionResult();
        if (!talk.resulted(result.getId(), ActionResults.words(result))) {
          LOG.log(Level.DEBUG, "a result for no action that waits: {0}", result.getId());
        }
      }
      case UPDATE -> update(request.getUpdate(), talk);
      case CLOSE -> close(request.getClose().getReason(), talk);
      // A newer gateway may send what we do not know.
      case OPEN, MESSAGE_NOT_SET ->
          LOG.log(Level.DEBUG, "passed over: {0}", request.getMessageCase());
    }
  }

  private void open(OpenConversation open) {
    byte[] checkpoint = open.getCheckpoint().toByteArray();
    if (checkpoint.length == 0 && !parts.hasRoom()) {
      refuse("the provider's limits carry no further call");
      return;
    }
    CallAgent agent = parts.agents().of(open.getAgent(), open.getVariablesMap());
    Talk talk =
        new Talk(open.getContext().getCall(), agent, conversation(checkpoint), parts, stream);
    opened = new Opened(talk, new Replies(parts, talk, stream));
    stream.send(Answers.opened(agent.router().isReady()));
    parts.watch().callBegins();
    parts
        .watch()
        .refusal()
        .ifPresent(detail ->
            stream.send(
                Answers.failed(
                    parts.provider(), 0, ModelFailure.of(ModelFailure.Kind.UNAUTHORIZED, detail))));
  }

  /// As another replica left it; new where there is none.
  private static Conversation conversation(byte[] checkpoint) {
    if (checkpoint.length > 0) {
      try {
        Conversation restored = CheckpointCodec.decode(checkpoint);
        LOG.log(Level.INFO, "conversation restored");
        return restored;
      } catch (IOException e) {
        LOG.log(
            Level.WARNING,
            "the checkpoint cannot be read, the conversation begins anew: {0}",
            e.getMessage());
      }
    }
    return new Conversation();
  }

  private void update(UpdateConversation update, Talk talk) {
    CallAgent before = talk.agent();
    Map<String, String> variables = new HashMap<>(before.variables());
    variables.putAll(update.getVariablesMap());
    talk.ledBy(parts.agents().of(update.hasAgent() ? update.getAgent() : before.part(), variables));
  }

  private void close(String reason, Talk talk) {
    LOG.log(Level.DEBUG, "closed: {0}", reason);
    silence();
    closing = true;
    if (reason.equals(REPLACED)) {
      stream.complete();
    } else {
      talk.over(stream::complete);
    }
  }

  private void silence() {
    Opened now = opened;
    if (now != null) {
      now.replies().cancel();
    }
  }
}
