package voiceagent.kit.grpc;

import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import voiceagent.kit.config.Ports;

/// The gRPC server of a stage: its service and gRPC health.
///
/// Connections end after 30 s of age with unbounded grace: new streams spread over new replicas,
/// live ones stay. Handlers run on the event loops and must not block.
public final class StageServer {
  private static final int MAX_MESSAGE_BYTES = 1 << 20;

  private final Server server;
  private final HealthStatusManager health;

  private StageServer(Server server, HealthStatusManager health) {
    this.server = server;
    this.health = health;
  }

  /// Opens the port.
  ///
  /// @param setting the setting that names the port, for messages
  /// @param reflection whether to serve gRPC reflection
  public static StageServer start(
      String setting,
      InetSocketAddress address,
      EventLoops loops,
      BindableService service,
      boolean reflection) {
    HealthStatusManager health = new HealthStatusManager();
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(address)
            .bossEventLoopGroup(loops.group())
            .workerEventLoopGroup(loops.group())
            .channelType(NioServerSocketChannel.class)
            .directExecutor()
            .maxInboundMessageSize(MAX_MESSAGE_BYTES)
            .maxConnectionAge(30, TimeUnit.SECONDS)
            .keepAliveTime(10, TimeUnit.SECONDS)
            .keepAliveTimeout(2, TimeUnit.SECONDS)
            .permitKeepAliveTime(1, TimeUnit.SECONDS)
            .permitKeepAliveWithoutCalls(true)
            .addService(service)
            .addService(health.getHealthService());
    if (reflection) {
      builder.addService(ProtoReflectionServiceV1.newInstance());
    }
    return new StageServer(Ports.bind(setting, address, () -> builder.build().start()), health);
  }

  /// The port that was opened.
  public int port() {
    return server.getPort();
  }

  /// Takes no new streams, waits for the live ones within a time, then cuts them. Blocks.
  public void drain(Duration grace) {
    refuse();
    await(grace);
  }

  /// Takes no new streams from now on, and says so.
  public void refuse() {
    health.enterTerminalState();
    server.shutdown();
  }

  /// After [#refuse], waits for the live streams within a time, then cuts them. Blocks.
  public void await(Duration grace) {
    try {
      if (!server.awaitTermination(grace.toNanos(), TimeUnit.NANOSECONDS)) {
        server.shutdownNow().awaitTermination(2, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      server.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
