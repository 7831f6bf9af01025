package voiceagent.sim.server;

import static java.net.http.HttpResponse.BodyHandlers.ofString;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SimulatorServerTest {
  private final SimulatorServer server = new SimulatorServer("SIM_TEST_PORT", 0, this::answer);
  private final HttpClient client = HttpClient.newHttpClient();
  private final CompletableFuture<String> gone = new CompletableFuture<>();

  @AfterEach
  void close() {
    client.close();
    server.close();
  }

  private CompletionStage<Answer> answer(Request request) {
    return CompletableFuture.completedFuture(
        switch (request.path()) {
          case "/stream" ->
              new Answer.Streamed(
                  200,
                  Map.of("content-type", "text/plain"),
                  out -> {
                    out.write("one ".getBytes(StandardCharsets.UTF_8));
                    out.after(
                        Duration.ofMillis(5),
                        () -> {
                          out.write("two".getBytes(StandardCharsets.UTF_8));
                          out.end();
                        });
                  });
          case "/echo" -> new Answer.Upgrade(Map.of("x-id", "7"), "", this::echo);
          default ->
              new Answer.Whole(402, Map.of("x-error", "no"), request.query("a").orElse("none"));
        });
  }

  private PeerListener echo(Peer peer) {
    return new PeerListener() {
      @Override
      public void text(String message) {
        if (message.equals("bye")) {
          peer.close(1011, "enough");
        } else {
          peer.text(message);
        }
      }

      @Override
      public void binary(byte[] message) {
        peer.binary(message);
      }

      @Override
      public void closed(int code) {
        gone.complete("closed " + code);
      }
    };
  }

  private URI uri(String scheme, String path) {
    return URI.create(scheme + "://127.0.0.1:" + server.port() + path);
  }

  @Test
  void anyStatusHeaderAndBodyGoOut() throws Exception {
    var answer = client.send(HttpRequest.newBuilder(uri("http", "/x?a=b%20c")).build(), ofString());
    assertThat(answer.statusCode()).isEqualTo(402);
    assertThat(answer.headers().firstValue("x-error")).contains("no");
    assertThat(answer.body()).isEqualTo("b c");
  }

  @Test
  void aBodyMayComeInPiecesAndTheConnectionGoesOn() throws Exception {
    for (int i = 0; i < 2; i++) {
      var answer = client.send(HttpRequest.newBuilder(uri("http", "/stream")).build(), ofString());
      assertThat(answer.body()).isEqualTo("one two");
    }
  }

  @Test
  void aSocketEchoesAndClosesWithTheCodeItWasTold() throws Exception {
    CompletableFuture<String> heard = new CompletableFuture<>();
    CompletableFuture<Integer> closed = new CompletableFuture<>();
    WebSocket socket =
        client
            .newWebSocketBuilder()
            .buildAsync(
                uri("ws", "/echo"),
                new WebSocket.Listener() {
                  @Override
                  public CompletionStage<?> onText(WebSocket s, CharSequence data, boolean last) {
                    heard.complete(data.toString());
                    s.request(1);
                    return CompletableFuture.completedFuture(null);
                  }

                  @Override
                  public CompletionStage<?> onClose(WebSocket s, int code, String reason) {
                    closed.complete(code);
                    return CompletableFuture.completedFuture(null);
                  }
                })
            .get(5, TimeUnit.SECONDS);
    socket.sendText("hello", true).get(5, TimeUnit.SECONDS);
    assertThat(heard.get(5, TimeUnit.SECONDS)).isEqualTo("hello");
    socket.sendText("bye", true).get(5, TimeUnit.SECONDS);
    assertThat(closed.get(5, TimeUnit.SECONDS)).isEqualTo(1011);
    assertThat(gone.get(5, TimeUnit.SECONDS)).isEqualTo("closed 1011");
  }
}
