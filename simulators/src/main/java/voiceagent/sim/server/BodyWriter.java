package voiceagent.sim.server;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.LastHttpContent;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// Writes the body of a response in pieces, as they are given: each is a chunk on the wire. On the
/// connection's event loop.
public final class BodyWriter {
  private final Channel channel;
  private Runnable gone = () -> {};
  private boolean over;

  BodyWriter(Channel channel) {
    this.channel = channel;
  }

  /// Nothing is written once the response is over or the client is gone.
  public void write(byte[] piece) {
    if (!over) {
      var _ =
          channel.writeAndFlush(
              new DefaultHttpContent(Unpooled.wrappedBuffer(piece)), channel.voidPromise());
    }
  }

  /// The body is complete; the connection may carry the next request.
  public void end() {
    if (!over) {
      over = true;
      var _ = channel.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT, channel.voidPromise());
    }
  }

  /// Cuts the connection within the body.
  public void abort() {
    over = true;
    var _ = channel.close();
  }

  /// Told once if the client goes before the body is complete.
  public void onGone(Runnable task) {
    gone = task;
  }

  /// Runs a task later, on the event loop, unless the response is over by then.
  public void after(Duration delay, Runnable task) {
    var _ =
        channel
            .eventLoop()
            .schedule(
                () -> {
                  if (!over) {
                    task.run();
                  }
                },
                delay.toNanos(),
                TimeUnit.NANOSECONDS);
  }

  void connectionClosed() {
    if (!over) {
      over = true;
      gone.run();
    }
  }
}
