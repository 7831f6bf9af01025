package voiceagent.kit.grpc;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;

/// The sending side of one stream that a stage serves. Any thread may send; messages go out one at
/// a time, and none after the end.
///
/// Full: a client that does not read may have [#MAX_UNREAD] messages waiting, then the stream
/// fails.
public final class ServerStream<R> {
  private static final int MAX_UNREAD = 2000;

  private final ServerCallStreamObserver<R> out;
  private final Runnable onEnd;
  private int unread;
  private boolean ended;
  private boolean told;

  private ServerStream(ServerCallStreamObserver<R> out, Runnable onEnd) {
    this.out = out;
    this.onEnd = onEnd;
  }

  /// Call within the RPC's method, before it returns.
  ///
  /// @param onEnd told once when the stream is over, whoever ended it, on an event loop
  public static <R> ServerStream<R> of(StreamObserver<R> out, Runnable onEnd) {
    ServerCallStreamObserver<R> call = (ServerCallStreamObserver<R>) out;
    ServerStream<R> stream = new ServerStream<>(call, onEnd);
    call.setOnCloseHandler(stream::over);
    call.setOnCancelHandler(stream::over);
    return stream;
  }

  /// Sends a message unless the stream is over.
  public synchronized void send(R message) {
    if (ended) {
      return;
    }
    unread = out.isReady() ? 0 : unread + 1;
    if (unread > MAX_UNREAD) {
      fail(
          Status.ABORTED.withDescription(
              MAX_UNREAD + " messages wait for a client that does not read"));
      return;
    }
    out.onNext(message);
  }

  /// Ends the stream well.
  public synchronized void complete() {
    if (!ended) {
      ended = true;
      out.onCompleted();
    }
  }

  /// Ends the stream with an error.
  public synchronized void fail(Status status) {
    if (!ended) {
      ended = true;
      out.onError(status.asRuntimeException());
    }
  }

  private void over() {
    synchronized (this) {
      ended = true;
      if (told) {
        return;
      }
      told = true;
    }
    onEnd.run();
  }
}
