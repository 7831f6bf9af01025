package voiceagent.sim.server;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/// One WebSocket client of a simulator. What it sends is told on its event loop; any thread may
/// send to it.
public final class Peer extends SimpleChannelInboundHandler<WebSocketFrame> {
  private static final int ABNORMAL = 1006;
  private static final int NO_CODE = 1005;

  private final Channel channel;
  private final PeerListener listener;
  private int code = ABNORMAL;

  Peer(Channel channel, Function<Peer, PeerListener> accept) {
    this.channel = channel;
    listener = accept.apply(this);
  }

  public void text(String message) {
    var _ = channel.writeAndFlush(new TextWebSocketFrame(message), channel.voidPromise());
  }

  public void binary(byte[] message) {
    var _ =
        channel.writeAndFlush(
            new BinaryWebSocketFrame(Unpooled.wrappedBuffer(message)), channel.voidPromise());
  }

  /// Sends a close frame and ends the connection.
  public void close(int closeCode, String reason) {
    channel
        .eventLoop()
        .execute(() -> {
          code = closeCode;
          channel
              .writeAndFlush(new CloseWebSocketFrame(closeCode, reason))
              .addListener(ChannelFutureListener.CLOSE);
        });
  }

  /// Ends the connection as a provider without a status code does.
  public void closeWithoutCode() {
    channel
        .eventLoop()
        .execute(() -> {
          code = NO_CODE;
          channel.writeAndFlush(new CloseWebSocketFrame()).addListener(ChannelFutureListener.CLOSE);
        });
  }

  /// Cuts the connection without a word.
  public void abort() {
    var _ = channel.close();
  }

  /// Ends our side of the connection without a word; what the client sends is still read.
  public void halfClose() {
    if (channel instanceof DuplexChannel duplex) {
      var _ = duplex.shutdownOutput();
    }
  }

  /// Stops or goes on reading what the client sends, as a peer does that hangs.
  public void reading(boolean on) {
    channel.config().setAutoRead(on);
  }

  /// Runs a task on the connection's event loop, unless the connection is gone by then.
  public ScheduledFuture<?> after(Duration delay, Runnable task) {
    return channel
        .eventLoop()
        .schedule(
            () -> {
              if (channel.isActive()) {
                task.run();
              }
            },
            delay.toNanos(),
            TimeUnit.NANOSECONDS);
  }

  /// Runs a task on the connection's event loop as soon as that is free; never once the server is
  /// closed.
  public void execute(Runnable task) {
    try {
      channel.eventLoop().execute(task);
    } catch (RejectedExecutionException e) {
      // the server is closed, and with it the connection
    }
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, WebSocketFrame frame) {
    switch (frame) {
      case TextWebSocketFrame text -> listener.text(text.text());
      case BinaryWebSocketFrame binary -> {
        byte[] bytes = new byte[binary.content().readableBytes()];
        binary.content().readBytes(bytes);
        listener.binary(bytes);
      }
      case PingWebSocketFrame ping -> {
        var pong = new PongWebSocketFrame(ping.content().retain());
        var _ = context.writeAndFlush(pong, context.voidPromise());
      }
      case CloseWebSocketFrame close -> {
        code = close.statusCode() < 0 ? NO_CODE : close.statusCode();
        context.writeAndFlush(close.retain()).addListener(ChannelFutureListener.CLOSE);
      }
      default -> {} // pongs
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    listener.closed(code);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable error) {
    System.getLogger(Peer.class.getName())
        .log(System.Logger.Level.WARNING, "a simulated socket failed", error);
    var _ = context.close();
  }
}
