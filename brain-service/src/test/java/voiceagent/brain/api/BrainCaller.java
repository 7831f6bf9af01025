package voiceagent.brain.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import voiceagent.v1.ActionOutcome;
import voiceagent.v1.ActionResult;
import voiceagent.v1.AgentPart;
import voiceagent.v1.BrainGrpc;
import voiceagent.v1.CallContext;
import voiceagent.v1.CancelReply;
import voiceagent.v1.Clause;
import voiceagent.v1.CloseConversation;
import voiceagent.v1.CommitReply;
import voiceagent.v1.ConverseRequest;
import voiceagent.v1.ConverseResponse;
import voiceagent.v1.OpenConversation;
import voiceagent.v1.Played;
import voiceagent.v1.Said;
import voiceagent.v1.SaidKind;
import voiceagent.v1.Utterance;

/// The gateway's side of one call, for tests.
final class BrainCaller implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 20;

  private final LinkedBlockingQueue<ConverseResponse> responses = new LinkedBlockingQueue<>();
  final CompletableFuture<Status> ended = new CompletableFuture<>();
  private final StreamObserver<ConverseRequest> requests;
  private boolean hungUp;

  BrainCaller(Channel channel) {
    requests =
        BrainGrpc.newStub(channel)
            .converse(
                new StreamObserver<>() {
                  @Override
                  public void onNext(ConverseResponse response) {
                    responses.add(response);
                  }

                  @Override
                  public void onError(Throwable error) {
                    ended.complete(Status.fromThrowable(error));
                  }

                  @Override
                  public void onCompleted() {
                    ended.complete(Status.OK);
                  }
                });
  }

  BrainCaller open(ByteString checkpoint) {
    send(
        ConverseRequest.newBuilder()
            .setOpen(
                OpenConversation.newBuilder()
                    .setContext(CallContext.newBuilder().setCall("CA1"))
                    .setAgent(AgentPart.newBuilder().setName("Sesame").setCompany("Sesame AI"))
                    .setCheckpoint(checkpoint)));
    return this;
  }

  /// Opens a call of an agent with these settings and waits for the place.
  BrainCaller open(String settingsJson) throws InterruptedException {
    send(
        ConverseRequest.newBuilder()
            .setOpen(
                OpenConversation.newBuilder()
                    .setContext(CallContext.newBuilder().setCall("CA1"))
                    .setAgent(
                        AgentPart.newBuilder()
                            .setName("Sesame")
                            .setCompany("Sesame AI")
                            .setSettingsJson(settingsJson))));
    await(ConverseResponse::hasOpened);
    return this;
  }

  void results(String id, ActionOutcome outcome, String digits) {
    send(
        ConverseRequest.newBuilder()
            .setActionResult(
                ActionResult.newBuilder().setId(id).setOutcome(outcome).setDigits(digits)));
  }

  /// Opens a new call and waits for the place.
  BrainCaller open() throws InterruptedException {
    open(ByteString.EMPTY);
    await(ConverseResponse::hasOpened);
    return this;
  }

  void asks(long turn, long reply, String text) {
    asks(turn, reply, text, false);
  }

  void asks(long turn, long reply, String text, boolean speculative) {
    send(
        ConverseRequest.newBuilder()
            .setUtterance(
                Utterance.newBuilder()
                    .setTurn(turn)
                    .setReply(reply)
                    .setText(text)
                    .setSpeculative(speculative)));
  }

  void commits(long reply) {
    send(ConverseRequest.newBuilder().setCommit(CommitReply.newBuilder().setReply(reply)));
  }

  void cancels(long reply) {
    send(ConverseRequest.newBuilder().setCancel(CancelReply.newBuilder().setReply(reply)));
  }

  void played(long reply, String heard, boolean complete) {
    send(
        ConverseRequest.newBuilder()
            .setPlayed(Played.newBuilder().setReply(reply).setHeard(heard).setComplete(complete)));
  }

  void said(long reply, String text, SaidKind kind) {
    send(
        ConverseRequest.newBuilder()
            .setSaid(Said.newBuilder().setReply(reply).setText(text).setKind(kind)));
  }

  void send(ConverseRequest.Builder request) {
    requests.onNext(request.build());
  }

  /// The next response of any kind.
  ConverseResponse next() throws InterruptedException {
    ConverseResponse response = responses.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    assertThat(response).as("a response within %d s", PATIENCE_SECONDS).isNotNull();
    return response;
  }

  /// Passes over responses until one is as wanted.
  ConverseResponse await(Predicate<ConverseResponse> wanted) throws InterruptedException {
    while (true) {
      ConverseResponse response = next();
      if (wanted.test(response)) {
        return response;
      }
    }
  }

  ByteString checkpoint() throws InterruptedException {
    return await(ConverseResponse::hasCheckpoint).getCheckpoint().getState();
  }

  /// The text of a reply, from its clauses to the last one.
  String reply(long reply) throws InterruptedException {
    StringBuilder text = new StringBuilder();
    int index = 0;
    while (true) {
      ConverseResponse response =
          await(r -> r.hasFailed() || (r.hasClause() && r.getClause().getReply() == reply));
      assertThat(response.hasFailed()).as(response.toString()).isFalse();
      Clause clause = response.getClause();
      assertThat(clause.getClause()).isEqualTo(index++);
      text.append(clause.getText());
      if (clause.getLast()) {
        return text.toString();
      }
    }
  }

  int waiting() {
    return responses.size();
  }

  @Override
  public void close() {
    if (!hungUp) {
      hangsUp();
    }
  }

  void hangsUp() {
    hungUp = true;
    send(ConverseRequest.newBuilder().setClose(CloseConversation.newBuilder().setReason("hangup")));
    requests.onCompleted();
  }
}
