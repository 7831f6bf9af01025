package voiceagent.gateway.stage;

import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.StreamObserver;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import voiceagent.gateway.observe.StageMeters;
import voiceagent.kit.time.Timers;
import voiceagent.v1.Draining;
import voiceagent.v1.Failed;
import voiceagent.v1.FailureClass;
import voiceagent.v1.Opened;

/// One call's stream to a stage, replaced when it is lost: at once, then with a back-off, until
/// [#GIVE_UP].
///
/// All of it runs on the call's thread; gRPC's callbacks are handed over to it in order. What
/// arrives from a stream that was replaced is dropped.
final class StageLink<Q, R> {
  private static final Logger LOG = System.getLogger(StageLink.class.getName());

  /// No `opened` within this time counts as lost.
  static final Duration OPEN_WITHIN = Duration.ofMillis(400);

  /// Lost for so long, and the caller has to be told.
  static final Duration TELL_AFTER = Duration.ofMillis(700);

  /// Lost for so long, and no further attempt is made.
  static final Duration GIVE_UP = Duration.ofSeconds(10);

  /// A stream that is lost sooner after its `opened` did not end the outage before it: a stage
  /// whose provider is down opens and fails again and again.
  static final Duration STABLE_AFTER = Duration.ofSeconds(3);

  /// Until then it is known whether the other replicas drain, too: a platform may stop all at once.
  private static final Duration LEAVE_AFTER = Duration.ofMillis(800);

  /// All calls of a replica that drains do not leave it in the same instant.
  private static final long SPREAD_MS = 2000;

  private static final Duration LOOK_AGAIN = Duration.ofMillis(250);

  private static final long FIRST_BACKOFF_MS = 50;
  private static final long MAX_BACKOFF_MS = 500;

  /// A caller waits: what a stage asks for beyond this is not granted.
  private static final long MAX_RETRY_AFTER_MS = 2000;

  /// What is particular to a stage.
  interface Contract<Q, R> {
    /// Begins a stream.
    void start(StreamObserver<R> responses);

    /// All that a fresh replica needs.
    Q open();

    Q close(String reason);

    @Nullable Opened opened(R response);

    @Nullable Failed failed(R response);

    @Nullable Draining draining(R response);

    /// The stage is there: what it does not know yet is sent now.
    void up();

    /// Replicas that take a new stream, as far as is known.
    int serving();

    /// Nothing is under way that a change of the replica could disturb.
    boolean isIdle();

    /// Anything that is none of the above, or a failure of one reply.
    void message(R response);
  }

  private final StageName stage;
  private final Contract<Q, R> contract;
  private final Executor callThread;
  private final Timers timers;
  private final StageHealth health;
  private final StageMeters meters;

  private @Nullable Stream current;
  private boolean up;
  private boolean closed;
  private boolean told;
  private boolean replace;
  private long drainsSince;
  private int refusals;
  private long lostAt;
  private long openedAt;
  private boolean outage;
  private long backoffMs;
  private long retryAfterMs;

  StageLink(
      StageName stage,
      Contract<Q, R> contract,
      Executor callThread,
      Timers timers,
      StageHealth health,
      StageMeters meters) {
    this.stage = stage;
    this.contract = contract;
    this.callThread = callThread;
    this.timers = timers;
    this.health = health;
    this.meters = meters;
  }

  /// Begins the first stream.
  void open() {
    lostAt = timers.nanos();
    begin();
  }

  /// Sends a message if the stage is there.
  ///
  /// @return false if it is not: [Contract#up] will be the time to send it
  boolean send(Q message) {
    Stream stream = current;
    if (!up || stream == null) {
      return false;
    }
    stream.requests().onNext(message);
    return true;
  }

  /// Ends the stream for good. Harmless when repeated.
  void close(String reason) {
    if (!closed) {
      closed = true;
      leave(reason);
    }
  }

  /// Ends the stream for good, and still takes what the stage has to say until it ends it too.
  void closeAndListen(String reason) {
    Stream stream = current;
    if (closed || stream == null || !up) {
      close(reason);
      return;
    }
    closed = true;
    up = false;
    stream.requests().onNext(contract.close(reason));
    stream.requests().onCompleted();
  }

  /// Whether a stream that was ended has more to say.
  boolean isListening() {
    return closed && current != null;
  }

  /// The stage is silent though it owes an answer: takes another replica.
  void suspect(String why) {
    Stream stream = current;
    if (stream != null && up) {
      meters.failover(stage, "silent");
      stream.requests().cancel(why, null);
      lost(stream, false, why);
    }
  }

  /// The right moment to leave a replica that drains, if there is another one: if not, it is good
  /// until it ends.
  void turnBoundary() {
    boolean known = timers.nanos() - drainsSince > LEAVE_AFTER.toNanos();
    if (replace && known && up && !closed && contract.serving() > 0) {
      replace = false;
      meters.failover(stage, "draining");
      leave("replaced");
      lostAt = timers.nanos();
      begin();
    }
  }

  /// Where the talk pauses, no boundary comes.
  private void leaveWhenIdle(Stream stream, Duration after) {
    var _ =
        timers.after(
            after,
            () ->
                callThread.execute(() -> {
                  if (current != stream || !replace) {
                    return;
                  }
                  if (contract.isIdle()) {
                    turnBoundary();
                  }
                  if (current == stream) {
                    leaveWhenIdle(stream, LOOK_AGAIN);
                  }
                }));
  }

  private void leave(String reason) {
    Stream stream = current;
    current = null;
    if (stream == null) {
      return;
    }
    if (up) {
      stream.requests().onNext(contract.close(reason));
      stream.requests().onCompleted();
    } else {
      stream.requests().cancel(reason, null);
    }
    up = false;
  }

  private void begin() {
    Stream stream = new Stream();
    current = stream;
    contract.start(stream);
    stream.requests().onNext(contract.open());
    var _ =
        timers.after(
            OPEN_WITHIN,
            () ->
                callThread.execute(() -> {
                  if (current == stream && !up) {
                    stream.requests().cancel("not opened in time", null);
                    lost(stream, false, "no opened within " + OPEN_WITHIN.toMillis() + " ms");
                  }
                }));
  }

  private void received(Stream stream, R response) {
    if (current != stream) {
      return;
    }
    Opened opened = contract.opened(response);
    Failed failed = contract.failed(response);
    if (opened != null) {
      opened(opened.getReplica());
    } else if (contract.draining(response) != null) {
      replace = true;
      drainsSince = timers.nanos();
      leaveWhenIdle(
          stream, LEAVE_AFTER.plusMillis(ThreadLocalRandom.current().nextLong(SPREAD_MS)));
      LOG.log(Level.INFO, "{0}: replica drains, left at the next turn boundary", stage);
    } else if (failed != null && failed.getReply() == 0) {
      failed(stream, failed);
    } else {
      contract.message(response);
    }
  }

  private void opened(String replica) {
    up = true;
    refusals = 0;
    openedAt = timers.nanos();
    replace = false;
    LOG.log(Level.DEBUG, "{0}: opened by {1}", stage, replica);
    contract.up();
    health.up(stage);
  }

  private void failed(Stream stream, Failed failed) {
    String cause = failed.getProvider() + ": " + failed.getDetail();
    stream.requests().cancel("failed", null);
    if (failed.getFailureClass() == FailureClass.FAILURE_CLASS_PERMANENT) {
      meters.failover(stage, "permanent");
      current = null;
      up = false;
      closed = true;
      health.gone(stage, cause);
    } else {
      meters.failover(stage, "failed");
      retryAfterMs = Math.min(failed.getRetryAfterMs(), MAX_RETRY_AFTER_MS);
      lost(stream, false, cause);
    }
  }

  private void ended(Stream stream, Status status) {
    if (closed && current == stream) {
      current = null;
    }
    if (current != stream || closed) {
      return;
    }
    boolean full =
        status.getCode() == Status.Code.RESOURCE_EXHAUSTED
            && !String.valueOf(status.getDescription()).contains("too_many_pings");
    if (up) {
      meters.failover(stage, "lost");
    }
    lost(stream, full, status.getCode() + " " + status.getDescription());
  }

  private void lost(Stream stream, boolean full, String cause) {
    if (closed) {
      current = null;
    }
    if (current != stream) {
      return;
    }
    current = null;
    if (up) {
      up = false;
      if (!outage || timers.nanos() - openedAt > STABLE_AFTER.toNanos()) {
        outage = true;
        lostAt = timers.nanos();
        told = false;
        backoffMs = 0;
      }
      LOG.log(Level.WARNING, "{0}: stream lost: {1}", stage, cause);
    }
    long lostFor = timers.nanos() - lostAt;
    if (lostFor >= GIVE_UP.toNanos()) {
      closed = true;
      health.gone(stage, cause);
      return;
    }
    refusals += full ? 1 : 0;
    boolean allFull = full && refusals >= contract.serving();
    if (allFull || (!told && lostFor >= TELL_AFTER.toNanos())) {
      told = true;
      health.down(stage, allFull, cause);
    }
    Duration wait = Duration.ofMillis(Math.max(backoffMs, retryAfterMs));
    retryAfterMs = 0;
    backoffMs = backoffMs == 0 ? FIRST_BACKOFF_MS : Math.min(2 * backoffMs, MAX_BACKOFF_MS);
    var _ =
        timers.after(
            wait,
            () ->
                callThread.execute(() -> {
                  if (!closed && current == null) {
                    begin();
                  }
                }));
  }

  /// One attempt; identity tells it from the one before.
  private final class Stream implements ClientResponseObserver<Q, R> {
    private @Nullable ClientCallStreamObserver<Q> requests;

    ClientCallStreamObserver<Q> requests() {
      return java.util.Objects.requireNonNull(requests);
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<Q> stream) {
      requests = stream;
    }

    @Override
    public void onNext(R response) {
      callThread.execute(() -> received(this, response));
    }

    @Override
    public void onError(Throwable error) {
      Status status = Status.fromThrowable(error);
      callThread.execute(() -> ended(this, status));
    }

    @Override
    public void onCompleted() {
      callThread.execute(() -> ended(this, Status.UNAVAILABLE.withDescription("stage ended it")));
    }
  }
}
