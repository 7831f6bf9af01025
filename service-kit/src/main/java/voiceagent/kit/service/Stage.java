package voiceagent.kit.service;

import io.grpc.ManagedChannel;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.helidon.webserver.WebServer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import voiceagent.kit.config.Ports;
import voiceagent.kit.grpc.EventLoops;
import voiceagent.kit.grpc.Sessions;
import voiceagent.kit.grpc.StageChannel;
import voiceagent.kit.grpc.StageServer;
import voiceagent.kit.observe.Observe;

/// A stage as a process runs it: its gRPC server, its admin server, its drain.
public final class Stage implements Service {
  private static final System.Logger LOG = System.getLogger(Stage.class.getName());

  private final StageServer server;
  private final WebServer admin;
  private final Sessions sessions;
  private final StageService service;
  private final EventLoops loops;
  private volatile boolean ready = true;

  private Stage(StageConfig config, EventLoops loops, Sessions sessions, StageService service) {
    this.loops = loops;
    this.sessions = sessions;
    this.service = service;
    server =
        StageServer.start(
            config.portSetting(), config.address(), loops, service, config.reflection());
    admin =
        Ports.bind(
            config.adminPortSetting(),
            config.admin(),
            () -> Observe.adminServer(config.admin(), () -> ready));
    LOG.log(
        System.Logger.Level.INFO,
        "{0} ready: gRPC on {1}, admin on {2}",
        config.name(),
        String.valueOf(port()),
        String.valueOf(adminPort()));
  }

  /// Opens both ports and says ready. The stage owns the loops from now on.
  ///
  /// @throws java.io.UncheckedIOException if a port is taken
  public static Stage start(
      StageConfig config, EventLoops loops, Sessions sessions, StageService service) {
    return new Stage(config, loops, sessions, service);
  }

  /// The gRPC port that was opened.
  public int port() {
    return server.port();
  }

  /// The admin port that was opened.
  public int adminPort() {
    return admin.port();
  }

  @Override
  public int healthPort() {
    return adminPort();
  }

  @Override
  public void train() {
    Service.super.train();
    ManagedChannel channel = StageChannel.to("dns:///127.0.0.1:" + port(), loops);
    var _ =
        HealthGrpc.newBlockingStub(channel)
            .withDeadlineAfter(5, TimeUnit.SECONDS)
            .check(HealthCheckRequest.getDefaultInstance());
    channel.shutdownNow();
  }

  @Override
  public void drain(Duration grace) {
    ready = false;
    server.refuse();
    sessions.drain();
    service.draining(grace);
    server.await(grace);
    service.close();
    admin.stop();
    loops.close();
  }
}
