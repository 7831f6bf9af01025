package voiceagent.kit.socket;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler.ClientHandshakeStateEvent;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.timeout.IdleState;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.concurrent.Future;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// A WebSocket to a provider: non-blocking, every step with a deadline, a ping after 1.5 s of
/// silence so that a vanished peer is found within 3 s.
///
/// All callbacks run on the event loop that [#open] was given, one at a time.
public final class ProviderSocket extends SimpleChannelInboundHandler<WebSocketFrame> {
  private static final int CONNECT_MS = 2000;
  private static final int HANDSHAKE_MS = 3000;
  private static final int QUIET_MS = 1500;
  private static final int WRITE_MS = 1000;
  private static final int CLOSE_MS = 1000;
  private static final int MAX_MESSAGE_BYTES = 1 << 20;

  /// Close code told when the connection ended without a close frame. Source: RFC 6455, 7.1.5.
  public static final int ABNORMAL = 1006;

  /// Told what the provider sends.
  public interface Listener {
    void text(String message);

    /// The bytes are the listener's to read until it returns.
    default void binary(ByteBuf message) {}

    /// Once, when the socket is gone, whoever ended it.
    ///
    /// @param code of the close frame, or [#ABNORMAL]
    void closed(int code, String reason);
  }

  private enum State {
    CONNECTING,
    OPEN,
    CLOSING,
    CLOSED
  }

  private final Listener listener;
  private final CompletableFuture<ProviderSocket> opened = new CompletableFuture<>();
  private final HandshakeAnswer answer = new HandshakeAnswer();
  private volatile State state = State.CONNECTING;
  private volatile @Nullable Channel channel;
  private @Nullable Future<?> stalled;
  private int code = ABNORMAL;
  private String reason = "";

  private ProviderSocket(Listener listener) {
    this.listener = listener;
  }

  /// Connects; completes on the event loop within 7 s, exceptionally with [ProviderException].
  /// Cancelling the future ends the attempt at once. Names are looked up and TLS is prepared on
  /// threads of their own: the loop never waits for either.
  ///
  /// @param uri `ws` or `wss`, with path and query
  /// @param headers sent with the handshake; values are never logged
  public static CompletableFuture<ProviderSocket> open(
      EventLoop loop, URI uri, Map<String, String> headers, Listener listener) {
    ProviderSocket socket = new ProviderSocket(listener);
    var _ =
        socket.opened.whenComplete((_, error) -> {
          if (error instanceof CancellationException) {
            socket.abort("called off");
          }
        });
    if (uri.getScheme().equals("wss")) {
      var _ =
          Tls.CONTEXT.whenCompleteAsync(
              (tls, error) -> {
                if (error == null) {
                  socket.connect(loop, uri, headers, tls);
                } else {
                  socket.opened.completeExceptionally(
                      ProviderException.unreachable("TLS: " + error.getMessage()));
                }
              },
              loop);
    } else {
      socket.connect(loop, uri, headers, null);
    }
    return socket.opened;
  }

  /// Made once, at the first `wss` of the process: it reads the machine's certificates, which takes
  /// long.
  private static final class Tls {
    static final CompletableFuture<SslContext> CONTEXT =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return SslContextBuilder.forClient().sslProvider(SslProvider.JDK).build();
              } catch (SSLException e) {
                throw new CompletionException(e);
              }
            },
            task -> Thread.ofPlatform().name("tls").daemon().start(task));
  }

  private void connect(
      EventLoop loop, URI uri, Map<String, String> headers, @Nullable SslContext tls) {
    if (opened.isDone()) {
      return;
    }
    int port = uri.getPort() > 0 ? uri.getPort() : tls != null ? 443 : 80;
    HttpHeaders sent = new DefaultHttpHeaders();
    headers.forEach(sent::set);
    WebSocketClientProtocolConfig config =
        WebSocketClientProtocolConfig.newBuilder()
            .webSocketUri(uri)
            .customHeaders(sent)
            .generateOriginHeader(false)
            .handshakeTimeoutMillis(HANDSHAKE_MS)
            .maxFramePayloadLength(MAX_MESSAGE_BYTES)
            .handleCloseFrames(false)
            .dropPongFrames(false)
            .sendCloseFrame(null)
            .build();
    new Bootstrap()
        .group(loop)
        .channel(NioSocketChannel.class)
        .resolver(HostNames.GROUP)
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MS)
        .option(ChannelOption.TCP_NODELAY, true)
        .handler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel ch) {
                if (tls != null) {
                  ch.pipeline().addLast(tls.newHandler(ch.alloc(), uri.getHost(), port));
                }
                ch.pipeline()
                    .addLast(
                        new IdleStateHandler(QUIET_MS, 0, 0, TimeUnit.MILLISECONDS),
                        new HttpClientCodec(),
                        new HttpObjectAggregator(65_536),
                        answer,
                        new WebSocketClientProtocolHandler(config),
                        new WebSocketFrameAggregator(MAX_MESSAGE_BYTES),
                        ProviderSocket.this);
              }
            })
        .connect(uri.getHost(), port)
        .addListener(f -> {
          if (!f.isSuccess()) {
            opened.completeExceptionally(
                ProviderException.unreachable(String.valueOf(f.cause().getMessage())));
          }
        });
  }

  /// A header of the provider's answer to the handshake, such as its request id; empty if it had
  /// none.
  ///
  /// @param name in lower case
  public String header(String name) {
    return answer.headers().getOrDefault(name, "");
  }

  /// Sends a text message; any thread.
  ///
  /// @return false if the socket is not open or the peer does not read: the message is lost
  public boolean text(String message) {
    return send(new TextWebSocketFrame(message));
  }

  /// Sends a binary message; any thread. The array must not change any more.
  ///
  /// @return false if the socket is not open or the peer does not read: the message is lost
  public boolean binary(byte[] message) {
    return send(new BinaryWebSocketFrame(Unpooled.wrappedBuffer(message)));
  }

  public boolean isOpen() {
    return state == State.OPEN;
  }

  /// Says goodbye and ends the connection within 1 s; any thread.
  public void close(int closeCode, String why) {
    Channel ch = channel;
    if (ch == null) {
      return;
    }
    ch.eventLoop()
        .execute(() -> {
          if (state == State.OPEN) {
            end(closeCode, why);
            var _ = ch.writeAndFlush(new CloseWebSocketFrame(closeCode, why), ch.voidPromise());
            var _ = ch.eventLoop().schedule(() -> dead(ch, why), CLOSE_MS, TimeUnit.MILLISECONDS);
          }
        });
  }

  /// Ends the connection at once, without goodbye; any thread.
  public void abort(String why) {
    Channel ch = channel;
    if (ch != null) {
      ch.eventLoop().execute(() -> dead(ch, why));
    }
  }

  /// Stops or goes on reading what the peer sends; any thread. While nothing is read the peer's
  /// silence proves nothing and does not end the socket.
  public void reading(boolean on) {
    Channel ch = channel;
    if (ch != null) {
      ch.config().setAutoRead(on);
    }
  }

  private boolean send(WebSocketFrame frame) {
    Channel ch = channel;
    if (state != State.OPEN || ch == null || !ch.isWritable()) {
      frame.release();
      return false;
    }
    var _ = ch.writeAndFlush(frame, ch.voidPromise());
    return true;
  }

  private void end(int closeCode, String why) {
    if (state == State.OPEN) {
      state = State.CLOSING;
      code = closeCode;
      reason = why;
    }
  }

  private void dead(Channel ch, String why) {
    end(ABNORMAL, why);
    var _ = ch.close();
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    channel = context.channel();
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, WebSocketFrame frame) {
    if (frame instanceof TextWebSocketFrame text) {
      listener.text(text.text());
    } else if (frame instanceof BinaryWebSocketFrame) {
      listener.binary(frame.content());
    } else if (frame instanceof CloseWebSocketFrame close) {
      if (state == State.OPEN) {
        context.writeAndFlush(close.retain()).addListener(ChannelFutureListener.CLOSE);
      } else {
        var _ = context.close();
      }
      end(close.statusCode() < 0 ? 1005 : close.statusCode(), close.reasonText());
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event == ClientHandshakeStateEvent.HANDSHAKE_COMPLETE) {
      state = State.OPEN;
      if (!opened.complete(this)) {
        var _ = context.close();
      }
    } else if (event instanceof IdleStateEvent idle
        && idle.state() == IdleState.READER_IDLE
        && state == State.OPEN
        && context.channel().config().isAutoRead()) {
      if (idle.isFirst()) {
        var _ = context.writeAndFlush(new PingWebSocketFrame(), context.voidPromise());
      } else {
        dead(context.channel(), "peer silent for " + 2 * QUIET_MS + " ms");
      }
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    if (stalled != null) {
      stalled.cancel(false);
    }
    Channel ch = context.channel();
    if (!ch.isWritable()) {
      stalled =
          ch.eventLoop().schedule(() -> dead(ch, "write stalled"), WRITE_MS, TimeUnit.MILLISECONDS);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable error) {
    opened.completeExceptionally(
        answer
            .refusal()
            .orElseGet(() -> ProviderException.unreachable(String.valueOf(error.getMessage()))));
    dead(context.channel(), String.valueOf(error));
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    boolean wasOpen = state != State.CONNECTING;
    state = State.CLOSED;
    if (stalled != null) {
      stalled.cancel(false);
    }
    if (wasOpen) {
      listener.closed(code, reason);
    } else {
      opened.completeExceptionally(
          answer
              .refusal()
              .orElseGet(() -> ProviderException.unreachable("closed in the handshake")));
    }
  }
}
