package voiceagent.kit.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.ManagedChannel;
import io.grpc.ServerServiceDefinition;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import voiceagent.kit.grpc.EventLoops;
import voiceagent.kit.grpc.Sessions;
import voiceagent.kit.grpc.StageChannel;

class StageTest {
  private static final class NoService implements StageService {
    boolean drained;
    boolean closed;

    @Override
    public ServerServiceDefinition bindService() {
      return ServerServiceDefinition.builder("test.Nothing").build();
    }

    @Override
    public void draining(Duration grace) {
      drained = true;
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  private static StageConfig on(int port) {
    InetAddress local = InetAddress.ofLiteral("127.0.0.1");
    return new StageConfig(
        "stt", new InetSocketAddress(local, port), new InetSocketAddress(local, 0), 2, false);
  }

  private static Stage start(NoService service) {
    return Stage.start(on(0), new EventLoops(1), new Sessions("stt", 2), service);
  }

  @Test
  void aStageServesHealthOverGrpcAndHttp() throws IOException, InterruptedException {
    NoService service = new NoService();
    EventLoops loops = new EventLoops(1);
    try (Stage stage = start(service)) {
      ManagedChannel channel = StageChannel.to("dns:///127.0.0.1:" + stage.port(), loops);
      ServingStatus status =
          HealthGrpc.newBlockingStub(channel)
              .withDeadlineAfter(5, TimeUnit.SECONDS)
              .check(HealthCheckRequest.getDefaultInstance())
              .getStatus();
      assertThat(status).isEqualTo(ServingStatus.SERVING);
      channel.shutdownNow();
      assertThat(get(stage, "/health").body()).isEqualTo("{\"status\":\"healthy\"}");
      assertThat(get(stage, "/health/ready").statusCode()).isEqualTo(204);
      assertThat(get(stage, "/metrics").body()).contains("voiceagent_stage_sessions");
      assertThat(get(stage, "/nothing").statusCode()).isEqualTo(404);
    }
    loops.close();
    assertThat(service.drained).isTrue();
    assertThat(service.closed).isTrue();
  }

  @Test
  void aPortThatIsTakenIsOneClearSentence() {
    try (Stage stage = start(new NoService())) {
      assertThatThrownBy(() ->
              Stage.start(
                  on(stage.port()), new EventLoops(1), new Sessions("stt", 2), new NoService()))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessage(
              "port %d is taken: end the program that has it, or set STT_PORT to another port"
                  .formatted(stage.port()));
    }
  }

  @Test
  void aFullOrDrainingStageHasNoPlace() {
    Sessions sessions = new Sessions("test", 2);
    assertThat(sessions.tryAcquire()).isTrue();
    assertThat(sessions.tryAcquire()).isTrue();
    assertThat(sessions.tryAcquire()).isFalse();
    sessions.release();
    assertThat(sessions.tryAcquire()).isTrue();
    sessions.release();
    sessions.drain();
    assertThat(sessions.tryAcquire()).isFalse();
  }

  private static HttpResponse<String> get(Stage stage, String path)
      throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + stage.adminPort() + path))
              .timeout(Duration.ofSeconds(5))
              .build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }
}
