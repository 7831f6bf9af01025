package voiceagent.kit.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.StreamObserver;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReplicasTest {
  private static final Duration DEADLINE = Duration.ofSeconds(10);

  private final EventLoops loops = new EventLoops(1);
  private final Server first = new Server();
  private final Server second = new Server();

  /// A replica whose health is what a test says; what is watched counts as a call's stream.
  private static final class Server extends HealthGrpc.HealthImplBase {
    final AtomicInteger streams = new AtomicInteger();
    volatile ServingStatus status = ServingStatus.SERVING;
    volatile boolean frozen;
    private final io.grpc.Server server = start();

    private io.grpc.Server start() {
      try {
        return io.grpc.netty.NettyServerBuilder.forAddress(
                new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0))
            .addService(this)
            .build()
            .start();
      } catch (java.io.IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }

    String target() {
      return "dns:///127.0.0.1:" + server.getPort();
    }

    @Override
    public void check(HealthCheckRequest request, StreamObserver<HealthCheckResponse> out) {
      if (!frozen) {
        out.onNext(HealthCheckResponse.newBuilder().setStatus(status).build());
        out.onCompleted();
      }
    }

    @Override
    public void watch(HealthCheckRequest request, StreamObserver<HealthCheckResponse> out) {
      streams.incrementAndGet();
    }
  }

  @AfterEach
  void end() {
    first.server.shutdownNow();
    second.server.shutdownNow();
    loops.close();
  }

  private Replicas both() {
    return Replicas.of("test", first.target() + ", " + second.target(), loops);
  }

  private static CompletableFuture<Status> stream(Replicas replicas) {
    CompletableFuture<Status> ended = new CompletableFuture<>();
    HealthGrpc.newStub(replicas)
        .watch(
            HealthCheckRequest.getDefaultInstance(),
            new StreamObserver<>() {
              @Override
              public void onNext(HealthCheckResponse response) {}

              @Override
              public void onError(Throwable error) {
                ended.complete(Status.fromThrowable(error));
              }

              @Override
              public void onCompleted() {
                ended.complete(Status.OK);
              }
            });
    return ended;
  }

  private static void await(BooleanSupplier condition) {
    long end = System.nanoTime() + DEADLINE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).isLessThan(end);
      LockSupport.parkNanos(5_000_000);
    }
  }

  @Test
  void newStreamsGoToAllReplicasInTurn() {
    try (Replicas replicas = both()) {
      await(() -> replicas.serving() == 2);
      for (int i = 0; i < 10; i++) {
        var _ = stream(replicas);
      }
      await(() -> first.streams.get() == 5 && second.streams.get() == 5);
    }
  }

  @Test
  void aReplicaThatDrainsKeepsItsStreamsAndGetsNoNewOnes() {
    try (Replicas replicas = both()) {
      await(() -> replicas.serving() == 2);
      CompletableFuture<Status> one = stream(replicas);
      CompletableFuture<Status> other = stream(replicas);
      await(() -> first.streams.get() == 1 && second.streams.get() == 1);
      first.status = ServingStatus.NOT_SERVING;
      await(() -> replicas.serving() == 1);
      for (int i = 0; i < 4; i++) {
        var _ = stream(replicas);
      }
      await(() -> second.streams.get() == 5);
      assertThat(first.streams.get()).isEqualTo(1);
      assertThat(one).isNotDone();
      assertThat(other).isNotDone();
    }
  }

  @Test
  void aFrozenReplicasStreamsAreCutWithinThreeSeconds() throws Exception {
    try (Replicas replicas = both()) {
      await(() -> replicas.serving() == 2);
      CompletableFuture<Status> one = stream(replicas);
      CompletableFuture<Status> other = stream(replicas);
      await(() -> first.streams.get() == 1 && second.streams.get() == 1);
      long frozen = System.nanoTime();
      first.frozen = true;
      Object cut = CompletableFuture.anyOf(one, other).get(10, TimeUnit.SECONDS);
      assertThat(((Status) cut).getCode()).isEqualTo(Status.Code.UNAVAILABLE);
      assertThat(Duration.ofNanos(System.nanoTime() - frozen)).isLessThan(Duration.ofSeconds(3));
      assertThat(one.isDone() && other.isDone()).isFalse();

      first.frozen = false;
      await(() -> replicas.serving() == 2);
    }
  }

  @Test
  void aReplicaThatComesBackIsUsed() throws Exception {
    try (Replicas replicas = Replicas.of("test", first.target(), loops)) {
      await(() -> replicas.serving() == 1);
      int port = first.server.getPort();
      first.server.shutdownNow().awaitTermination();
      await(() -> replicas.serving() == 0);
      io.grpc.Server again =
          io.grpc.netty.NettyServerBuilder.forAddress(
                  new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port))
              .addService(second)
              .build()
              .start();
      await(() -> replicas.serving() == 1);
      again.shutdownNow();
    }
  }

  @Test
  void withoutAnAddressACallFailsAtOnce() {
    try (Replicas replicas = Replicas.of("test", "no-such-host.invalid:1", loops)) {
      assertThatThrownBy(() ->
              HealthGrpc.newBlockingStub(replicas)
                  .withDeadlineAfter(5, TimeUnit.SECONDS)
                  .check(HealthCheckRequest.getDefaultInstance()))
          .isInstanceOf(StatusRuntimeException.class)
          .hasMessageContaining("UNAVAILABLE");
    }
  }

  @Test
  void aTargetThatIsNoneIsToldByValue() {
    assertThatThrownBy(() -> Replicas.of("test", "stt-service", loops))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("stt-service");
  }
}
