package voiceagent.e2e;

import io.grpc.stub.StreamObserver;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import voiceagent.kit.grpc.EventLoops;
import voiceagent.kit.grpc.StageServer;
import voiceagent.v1.Action;
import voiceagent.v1.ActionResult;
import voiceagent.v1.BrainGrpc;
import voiceagent.v1.Clause;
import voiceagent.v1.ConverseRequest;
import voiceagent.v1.ConverseResponse;
import voiceagent.v1.OpenConversation;
import voiceagent.v1.Opened;
import voiceagent.v1.Played;
import voiceagent.v1.ReplyDone;
import voiceagent.v1.Utterance;

/// A team's own brain behind the public contract: it says and does what a test tells it to.
final class ScriptedBrain extends BrainGrpc.BrainImplBase implements AutoCloseable {
  private record Answer(String text, @Nullable Action action) {}

  private final EventLoops loops = new EventLoops(1);
  private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();
  private final List<OpenConversation> opened = new CopyOnWriteArrayList<>();
  private final List<ActionResult> results = new CopyOnWriteArrayList<>();
  private final List<Played> played = new CopyOnWriteArrayList<>();
  private final List<String> digits = new CopyOnWriteArrayList<>();
  private final StageServer server =
      StageServer.start(
          "BRAIN_PORT",
          new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0),
          loops,
          this,
          false);

  /// What `BRAIN_TARGET` is set to.
  String target() {
    return "dns:///127.0.0.1:" + server.port();
  }

  /// To the next utterance that is not answered yet.
  ScriptedBrain answers(String text) {
    answers.add(new Answer(text, null));
    return this;
  }

  /// As [#answers], and does something once that was heard.
  ScriptedBrain answers(String text, Action.Builder action) {
    answers.add(new Answer(text, action.setId("a" + answers.size()).build()));
    return this;
  }

  /// For the next test.
  void forget() {
    answers.clear();
    opened.clear();
    results.clear();
    played.clear();
    digits.clear();
  }

  List<OpenConversation> opened() {
    return opened;
  }

  List<ActionResult> results() {
    return results;
  }

  List<Played> played() {
    return played;
  }

  /// Keys that nobody collected.
  List<String> digits() {
    return digits;
  }

  @Override
  public StreamObserver<ConverseRequest> converse(StreamObserver<ConverseResponse> out) {
    return new StreamObserver<>() {
      @Override
      public void onNext(ConverseRequest request) {
        switch (request.getMessageCase()) {
          case OPEN -> {
            opened.add(request.getOpen());
            out.onNext(
                ConverseResponse.newBuilder()
                    .setOpened(Opened.newBuilder().setContractVersion(1).setReplica("scripted"))
                    .build());
          }
          case UTTERANCE -> answer(out, request.getUtterance());
          case ACTION_RESULT -> results.add(request.getActionResult());
          case PLAYED -> played.add(request.getPlayed());
          case DTMF -> digits.add(request.getDtmf().getDigits());
          default -> {} // what a brain may leave alone
        }
      }

      @Override
      public void onError(Throwable error) {}

      @Override
      public void onCompleted() {
        out.onCompleted();
      }
    };
  }

  private void answer(StreamObserver<ConverseResponse> out, Utterance utterance) {
    Answer answer = answers.poll();
    if (answer == null) {
      answer = new Answer("I have nothing more to say.", null);
    }
    long reply = utterance.getReply();
    if (answer.action() != null) {
      out.onNext(
          ConverseResponse.newBuilder()
              .setAction(answer.action().toBuilder().setReply(reply))
              .build());
    }
    out.onNext(
        ConverseResponse.newBuilder()
            .setClause(Clause.newBuilder().setReply(reply).setText(answer.text()).setLast(true))
            .build());
    out.onNext(
        ConverseResponse.newBuilder().setDone(ReplyDone.newBuilder().setReply(reply)).build());
  }

  @Override
  public void close() {
    server.drain(Duration.ZERO);
    loops.close();
  }
}
