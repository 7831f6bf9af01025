package voiceagent.kit.grpc;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.StreamObserver;
import io.netty.channel.EventLoop;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/// The connection to one replica of a stage, and its pulse: gRPC health, asked again and again.
///
/// A replica that is frozen keeps its connections and answers nothing. gRPC's keepalive would see
/// that after 12 s. Here it gets no new streams after [#FROZEN_AFTER], and its connection is cut,
/// which ends all streams on it: at once if there is another replica, else after twice that time.
final class ReplicaLink {
  private static final Logger LOG = System.getLogger(ReplicaLink.class.getName());

  /// From one answer to the next question.
  private static final Duration BEAT = Duration.ofMillis(500);

  /// A stall of a loaded machine is shorter than this.
  static final Duration FROZEN_AFTER = Duration.ofMillis(1500);

  /// What a replica is known to be.
  enum State {
    /// Not asked yet, or not connected.
    AWAY,
    SERVING,
    /// It takes no new streams and goes on with those it has.
    DRAINING,
    /// It was asked and has not answered in time.
    FROZEN
  }

  private final String name;
  private final Supplier<ManagedChannel> channels;
  private final EventLoop loop;
  private final BooleanSupplier spare;
  private volatile ManagedChannel channel;
  private volatile State state = State.AWAY;
  private volatile boolean left;

  /// @param name for logs
  /// @param channels makes a connection, now and each time the one before was cut
  /// @param loop runs the pulse
  /// @param spare whether another replica takes streams
  ReplicaLink(
      String name, Supplier<ManagedChannel> channels, EventLoop loop, BooleanSupplier spare) {
    this.name = name;
    this.channels = channels;
    this.loop = loop;
    this.spare = spare;
    channel = channels.get();
    beat();
  }

  ManagedChannel channel() {
    return channel;
  }

  State state() {
    return state;
  }

  /// Streams that live go on; nothing is asked any more.
  void leave() {
    left = true;
    channel.shutdown();
  }

  private void beat() {
    if (left) {
      return;
    }
    ManagedChannel asked = channel;
    asked.resetConnectBackoff();
    HealthGrpc.newStub(asked)
        .withDeadlineAfter(FROZEN_AFTER.toMillis(), TimeUnit.MILLISECONDS)
        .check(HealthCheckRequest.getDefaultInstance(), new Answer(asked));
  }

  private void become(State next) {
    State before = state;
    state = next;
    if (before != next) {
      LOG.log(Level.DEBUG, "{0} is {1}", name, next);
    }
    if (!left) {
      var _ = loop.schedule(this::beat, BEAT.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private void frozen(ManagedChannel asked) {
    boolean first = state == State.SERVING || state == State.DRAINING;
    state = State.FROZEN;
    if (first) {
      LOG.log(
          Level.WARNING,
          "{0} has not answered for {1} ms",
          name,
          String.valueOf(FROZEN_AFTER.toMillis()));
    }
    if (first && !spare.getAsBoolean()) {
      beat();
      return;
    }
    channel = channels.get();
    if (left) {
      channel.shutdownNow();
    }
    become(State.FROZEN);
    asked.shutdownNow();
  }

  private final class Answer implements StreamObserver<HealthCheckResponse> {
    private final ManagedChannel asked;

    Answer(ManagedChannel asked) {
      this.asked = asked;
    }

    @Override
    public void onNext(HealthCheckResponse answer) {
      become(answer.getStatus() == ServingStatus.NOT_SERVING ? State.DRAINING : State.SERVING);
    }

    @Override
    public void onError(Throwable error) {
      switch (Status.fromThrowable(error).getCode()) {
        case DEADLINE_EXCEEDED -> frozen(asked);
        case UNAVAILABLE, CANCELLED -> become(State.AWAY);
        default -> become(State.SERVING); // it answers, though it knows no health: another's brain
      }
    }

    @Override
    public void onCompleted() {}
  }
}
