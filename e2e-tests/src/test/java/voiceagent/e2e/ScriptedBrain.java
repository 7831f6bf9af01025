package voiceagent.e2e;

import io.grpc.stub.StreamObserver;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
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
  private record Answer(String text, @Nullable Action action, boolean whole) {}

  /// What is said in one call, and what was heard of it.
  static final class Script {
    private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();
    private final AtomicInteger actions = new AtomicInteger();
    final List<OpenConversation> opened = new CopyOnWriteArrayList<>();
    final List<ActionResult> results = new CopyOnWriteArrayList<>();
    final List<Played> played = new CopyOnWriteArrayList<>();

    /// Keys that nobody collected.
    final List<String> digits = new CopyOnWriteArrayList<>();

    /// To the next utterance that is not answered yet.
    Script answers(String text) {
      answers.add(new Answer(text, null, true));
      return this;
    }

    /// Begins an answer and never comes to its end.
    Script beginsToAnswer(String text) {
      answers.add(new Answer(text, null, false));
      return this;
    }

    /// As [#answers], and does something once that was heard.
    Script answers(String text, Action.Builder action) {
      answers.add(new Answer(text, action.setId("a" + actions.incrementAndGet()).build(), true));
      return this;
    }
  }

  private final EventLoops loops = new EventLoops(1);
  private final Map<String, Script> scripts = new ConcurrentHashMap<>();
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

  /// The script of a call.
  Script of(String callSid) {
    return scripts.computeIfAbsent(callSid, _ -> new Script());
  }

  @Override
  public StreamObserver<ConverseRequest> converse(StreamObserver<ConverseResponse> out) {
    return new StreamObserver<>() {
      private Script script = new Script();

      @Override
      public void onNext(ConverseRequest request) {
        switch (request.getMessageCase()) {
          case OPEN -> {
            script = of(request.getOpen().getContext().getCall());
            script.opened.add(request.getOpen());
            out.onNext(
                ConverseResponse.newBuilder()
                    .setOpened(Opened.newBuilder().setContractVersion(1).setReplica("scripted"))
                    .build());
          }
          case UTTERANCE -> answer(out, script, request.getUtterance());
          case ACTION_RESULT -> script.results.add(request.getActionResult());
          case PLAYED -> script.played.add(request.getPlayed());
          case DTMF -> script.digits.add(request.getDtmf().getDigits());
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

  private static void answer(
      StreamObserver<ConverseResponse> out, Script script, Utterance utterance) {
    Answer answer = script.answers.poll();
    if (answer == null) {
      answer = new Answer("I have nothing more to say.", null, true);
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
            .setClause(
                Clause.newBuilder().setReply(reply).setText(answer.text()).setLast(answer.whole()))
            .build());
    if (answer.whole()) {
      out.onNext(
          ConverseResponse.newBuilder().setDone(ReplyDone.newBuilder().setReply(reply)).build());
    }
  }

  @Override
  public void close() {
    server.drain(Duration.ZERO);
    loops.close();
  }
}
