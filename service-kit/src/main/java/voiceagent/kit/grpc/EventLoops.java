package voiceagent.kit.grpc;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.TimeUnit;

/// The event loops of a process: gRPC and provider sockets share them, so that a call's whole work
/// in a stage runs on one thread. Nothing that runs on them may block.
public final class EventLoops implements AutoCloseable {
  private final EventLoopGroup group;

  /// @param threads 0: as many as there are processors
  public EventLoops(int threads) {
    group =
        new MultiThreadIoEventLoopGroup(
            threads == 0 ? Runtime.getRuntime().availableProcessors() : threads,
            NioIoHandler.newFactory());
  }

  /// The loop that runs the calling thread, or any if the thread is none of theirs.
  public EventLoop current() {
    for (EventExecutor executor : group) {
      if (executor.inEventLoop()) {
        return (EventLoop) executor;
      }
    }
    return group.next();
  }

  EventLoopGroup group() {
    return group;
  }

  /// Waits 2 s at most for what runs.
  @Override
  public void close() {
    group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
  }
}
