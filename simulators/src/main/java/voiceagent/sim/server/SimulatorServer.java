package voiceagent.sim.server;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import voiceagent.kit.config.Ports;

/// An HTTP and WebSocket server on 127.0.0.1 unless told otherwise, plain or with TLS as the client
/// begins, that does just what a simulator says: refusals with any status, header and body, bodies
/// in any pieces, closes with any code or none.
public final class SimulatorServer implements AutoCloseable {
  static final int MAX_MESSAGE_BYTES = 1 << 20;

  private static final ScopedValue<InetAddress> ADDRESS = ScopedValue.newInstance();

  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final Channel listening;

  /// Opens the port.
  ///
  /// @param setting the setting that names the port, for messages
  /// @param port 0 takes a free one
  /// @param routes answers each request, at once or later; on an event loop, must not block
  /// @throws java.io.UncheckedIOException if the port is taken
  public SimulatorServer(
      String setting, int port, Function<Request, CompletionStage<Answer>> routes) {
    InetSocketAddress address =
        new InetSocketAddress(ADDRESS.orElse(InetAddress.ofLiteral("127.0.0.1")), port);
    try {
      listening = Ports.bind(setting, address, () -> listen(address, routes));
    } catch (RuntimeException e) {
      close(loops);
      throw e;
    }
  }

  /// Servers that this starts listen on another address: in a container, on all.
  public static <T> T listeningOn(InetAddress address, Supplier<T> starts) {
    return ScopedValue.where(ADDRESS, address).call(starts::get);
  }

  private Channel listen(
      InetSocketAddress address, Function<Request, CompletionStage<Answer>> routes) {
    return new ServerBootstrap()
        .group(loops)
        .channel(NioServerSocketChannel.class)
        .childOption(ChannelOption.TCP_NODELAY, true)
        .childHandler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel channel) {
                channel
                    .pipeline()
                    .addLast(
                        new TlsIfAsked(),
                        new HttpServerCodec(),
                        new HttpObjectAggregator(MAX_MESSAGE_BYTES),
                        new HttpHandler(routes));
              }
            })
        .bind(address)
        .syncUninterruptibly()
        .channel();
  }

  /// The certificate, PEM, that clients with TLS have to trust.
  public static InputStream certificate() {
    return TlsIfAsked.resource("certificate.pem");
  }

  /// The port that was opened.
  public int port() {
    return ((InetSocketAddress) listening.localAddress()).getPort();
  }

  /// Cuts all connections.
  @Override
  public void close() {
    listening.close().awaitUninterruptibly(1, TimeUnit.SECONDS);
    close(loops);
  }

  private static void close(EventLoopGroup loops) {
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
  }
}
