package voiceagent.gateway.stage;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import voiceagent.gateway.observe.StageMeters;
import voiceagent.kit.grpc.EventLoops;
import voiceagent.kit.grpc.Replicas;
import voiceagent.kit.grpc.StageServer;
import voiceagent.kit.time.Timers;
import voiceagent.v1.BrainGrpc;
import voiceagent.v1.Checkpoint;
import voiceagent.v1.Clause;
import voiceagent.v1.ConverseRequest;
import voiceagent.v1.ConverseResponse;
import voiceagent.v1.Opened;
import voiceagent.v1.Utterance;

/// What a replica that takes over is told, after one that answers as the test says and is lost.
class BrainTest extends BrainGrpc.BrainImplBase {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final EventLoops loops = new EventLoops(1);
  private final Timers timers = Timers.system("brain-test");
  private final ExecutorService callThread = Executors.newSingleThreadExecutor();
  private final BlockingQueue<Replica> replicas = new LinkedBlockingQueue<>();
  private final List<String> told = new CopyOnWriteArrayList<>();
  private final StageServer server =
      StageServer.start(
          "BRAIN_PORT",
          new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0),
          loops,
          this,
          false);
  private final Replicas channel = Replicas.of("brain", "127.0.0.1:" + server.port(), loops);
  private final Brain brain =
      new Brain(
          "CA1",
          new AgentPersona("a", "n", "c", "g", "en", "", "", "", 0, "", List.of()),
          Map.of(),
          new byte[0],
          channel,
          callThread,
          timers,
          new Told(),
          new Told(),
          new StageMeters());

  /// One stream as the replica sees it; it says `opened` by itself.
  private record Replica(
      StreamObserver<ConverseResponse> out, BlockingQueue<ConverseRequest> requests)
      implements StreamObserver<ConverseRequest> {
    @Override
    public void onNext(ConverseRequest request) {
      if (request.hasOpen()) {
        send(ConverseResponse.newBuilder().setOpened(Opened.newBuilder().setContractVersion(1)));
      }
      requests.add(request);
    }

    @Override
    public void onError(Throwable error) {}

    @Override
    public void onCompleted() {}

    ConverseRequest next() throws InterruptedException {
      ConverseRequest request = requests.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      assertThat(request).as("a request").isNotNull();
      return java.util.Objects.requireNonNull(request);
    }

    void send(ConverseResponse.Builder response) {
      out.onNext(response.build());
    }

    void checkpoint(String state, long held) {
      send(
          ConverseResponse.newBuilder()
              .setCheckpoint(
                  Checkpoint.newBuilder().setState(ByteString.copyFromUtf8(state)).setHeld(held)));
    }

    /// As a process that is killed.
    void lost() {
      out.onError(Status.UNAVAILABLE.asException());
    }
  }

  @Override
  public StreamObserver<ConverseRequest> converse(StreamObserver<ConverseResponse> out) {
    Replica replica = new Replica(out, new LinkedBlockingQueue<>());
    replicas.add(replica);
    return replica;
  }

  private Replica replica() throws InterruptedException {
    Replica replica = replicas.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    assertThat(replica).as("a stream").isNotNull();
    return java.util.Objects.requireNonNull(replica);
  }

  @BeforeEach
  void open() {
    callThread.execute(brain::open);
  }

  @AfterEach
  void close() {
    callThread.execute(() -> brain.close("hangup"));
    channel.close();
    server.drain(Duration.ZERO);
    timers.close();
    loops.close();
    callThread.shutdown();
  }

  /// The caller interrupts while the replica tells a tool: its checkpoint crosses with `played`.
  @Test
  void whatWasHeardIsToldToTheNextReplicaThoughACheckpointCrossedWithIt_L1_L29() throws Exception {
    Replica first = replica();
    assertThat(first.next().hasOpen()).isTrue();
    callThread.execute(() -> brain.ask(1, 5, "hello"));
    assertThat(first.next().hasUtterance()).isTrue();
    first.send(
        ConverseResponse.newBuilder()
            .setClause(Clause.newBuilder().setReply(5).setText("We are open ")));
    awaitTold("clause");
    callThread.execute(() -> {
      brain.cancel(5);
      brain.played(5, "We are", false);
    });
    assertThat(first.next().hasCancel()).isTrue();
    assertThat(first.next().hasPlayed()).isTrue();
    first.checkpoint("before a tool", 0);
    awaitTold("checkpoint");
    first.lost();

    Replica second = replica();
    assertThat(second.next().getOpen().getCheckpoint().toStringUtf8()).isEqualTo("before a tool");
    assertThat(second.next().getUtterance().getReply()).isEqualTo(5);
    assertThat(second.next().getCancel().getReply()).isEqualTo(5);
    assertThat(second.next().getPlayed().getHeard()).isEqualTo("We are");
    second.checkpoint("with what was heard", 1);
    awaitTold("checkpoint", "checkpoint");
    second.lost();

    Replica third = replica();
    assertThat(third.next().getOpen().getCheckpoint().toStringUtf8())
        .isEqualTo("with what was heard");
    callThread.execute(() -> brain.ask(2, 6, "and on sunday"));
    assertThat(third.next().getUtterance().getReply()).isEqualTo(6);
  }

  @Test
  void whatAPreparedReplySaysIsToldOnceItIsAskedFor() throws Exception {
    Replica first = replica();
    assertThat(first.next().hasOpen()).isTrue();
    awaitTold("up");
    callThread.execute(() -> brain.prepare(1, 5, "hello"));
    assertThat(first.next().getUtterance().getSpeculative()).isTrue();
    callThread.execute(() -> brain.discard(5));
    assertThat(first.next().getCancel().getReply()).isEqualTo(5);
    callThread.execute(() -> brain.prepare(1, 6, "hello there"));
    assertThat(first.next().getUtterance().getReply()).isEqualTo(6);
    for (long reply : new long[] {5, 6}) {
      first.send(
          ConverseResponse.newBuilder()
              .setClause(Clause.newBuilder().setReply(reply).setText("Good day.")));
    }
    first.checkpoint("after both", 0);
    awaitTold("checkpoint");
    assertThat(told).containsExactly("up", "checkpoint");
    callThread.execute(() -> brain.ask(1, 6, "hello there"));
    awaitTold("clause");
    assertThat(told).containsExactly("up", "checkpoint", "clause");
    assertThat(first.next().getCommit().getReply()).isEqualTo(6);
  }

  @Test
  void aReplicaThatTakesOverIsAskedAnewForWhatWasPrepared() throws Exception {
    Replica first = replica();
    assertThat(first.next().hasOpen()).isTrue();
    awaitTold("up");
    callThread.execute(() -> brain.prepare(1, 5, "hello"));
    assertThat(first.next().hasUtterance()).isTrue();
    first.lost();
    Replica second = replica();
    assertThat(second.next().hasOpen()).isTrue();
    awaitTold("up", "up");
    callThread.execute(() -> brain.ask(1, 5, "hello"));
    Utterance asked = second.next().getUtterance();
    assertThat(asked.getReply()).isEqualTo(5);
    assertThat(asked.getSpeculative()).isFalse();
  }

  private void awaitTold(String... kinds) throws InterruptedException {
    long until = System.nanoTime() + PATIENCE.toNanos();
    while (told.stream().filter(List.of(kinds)::contains).count() < kinds.length) {
      assertThat(System.nanoTime() - until).as("waited for %s", List.of(kinds)).isNegative();
      java.util.concurrent.locks.LockSupport.parkNanos(2_000_000);
    }
  }

  private final class Told implements Brain.Listener, StageHealth {
    @Override
    public void clause(long reply, int clause, String text, boolean last, boolean interruptible) {
      told.add("clause");
    }

    @Override
    public void clip(long reply, String id, String text) {}

    @Override
    public void action(long reply, String id, BrainAction action) {}

    @Override
    public void done(long reply, ReplyReport report) {}

    @Override
    public void extracted(String schema, String json) {}

    @Override
    public void checkpointed() {
      told.add("checkpoint");
    }

    @Override
    public void failed(long reply, String cause) {}

    @Override
    public void up(StageName stage) {
      told.add("up");
    }

    @Override
    public void down(StageName stage, boolean full, String cause) {}

    @Override
    public void gone(StageName stage, String cause) {}
  }
}
