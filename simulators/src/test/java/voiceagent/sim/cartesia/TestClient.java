package voiceagent.sim.cartesia;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// A bare client of the simulated socket: sends JSON, keeps what comes.
final class TestClient implements AutoCloseable, WebSocket.Listener {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int SECONDS = 20;

  final CompletableFuture<Integer> closed = new CompletableFuture<>();
  private final LinkedBlockingQueue<JsonNode> received = new LinkedBlockingQueue<>();
  private final StringBuilder partial = new StringBuilder();
  private final HttpClient http = HttpClient.newHttpClient();
  private final WebSocket socket;

  TestClient(CartesiaSimulator cartesia) {
    this(cartesia, "2026-03-01");
  }

  TestClient(CartesiaSimulator cartesia, String version) {
    socket =
        http.newWebSocketBuilder()
            .header("X-API-Key", CartesiaSimulator.KEY)
            .header("Cartesia-Version", version)
            .buildAsync(URI.create(cartesia.url() + "/tts/websocket"), this)
            .orTimeout(SECONDS, TimeUnit.SECONDS)
            .join();
  }

  static ObjectNode request(String context, String transcript, boolean goesOn) {
    try {
      return (ObjectNode)
          JSON.readTree(
              """
              {"context_id":"%s","model_id":"sonic-3","transcript":"%s","continue":%s,
               "voice":{"mode":"id","id":"%s"},"language":"en","max_buffer_delay_ms":0,"add_timestamps":true,
               "output_format":{"container":"raw","encoding":"pcm_mulaw","sample_rate":8000}}
              """
                  .formatted(context, transcript, goesOn, CartesiaSimulator.VOICE));
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  void send(JsonNode message) {
    send(message.toString());
  }

  void send(String message) {
    socket.sendText(message, true).orTimeout(SECONDS, TimeUnit.SECONDS).join();
  }

  void cancel(String context) {
    send("{\"context_id\":\"" + context + "\",\"cancel\":true}");
  }

  /// The next message, of whatever kind.
  JsonNode next() throws InterruptedException {
    JsonNode message = received.poll(SECONDS, TimeUnit.SECONDS);
    assertThat(message).as("a message within " + SECONDS + " s").isNotNull();
    return message;
  }

  /// All messages up to the first that fits, that one included.
  List<JsonNode> until(Predicate<JsonNode> fits) throws InterruptedException {
    List<JsonNode> messages = new ArrayList<>();
    do {
      messages.add(next());
    } while (!fits.test(messages.getLast()));
    return messages;
  }

  /// All messages until each of these contexts is done, in whatever order.
  List<JsonNode> untilDone(String... contexts) throws InterruptedException {
    Set<String> left = new HashSet<>(List.of(contexts));
    return until(m -> {
      if (type(m).equals("done")) {
        left.remove(m.path("context_id").asText());
      }
      return left.isEmpty();
    });
  }

  /// The next error; everything before it is dropped.
  JsonNode error() throws InterruptedException {
    return until(m -> type(m).equals("error")).getLast();
  }

  static String type(JsonNode message) {
    return message.path("type").asText();
  }

  static List<JsonNode> ofType(List<JsonNode> messages, String type) {
    return messages.stream().filter(m -> type(m).equals(type)).toList();
  }

  /// The audio of all chunks of a context.
  static byte[] audio(List<JsonNode> messages, String context) throws IOException {
    ByteArrayOutputStream audio = new ByteArrayOutputStream();
    for (JsonNode message : ofType(messages, "chunk")) {
      if (message.path("context_id").asText().equals(context)) {
        audio.writeBytes(message.path("data").binaryValue());
      }
    }
    return audio.toByteArray();
  }

  @Override
  public @Nullable CompletionStage<?> onText(WebSocket ws, CharSequence data, boolean last) {
    partial.append(data);
    if (last) {
      try {
        received.add(JSON.readTree(partial.toString()));
      } catch (JsonProcessingException e) {
        throw new UncheckedIOException(e);
      }
      partial.setLength(0);
    }
    ws.request(1);
    return null;
  }

  @Override
  public @Nullable CompletionStage<?> onClose(WebSocket ws, int code, String reason) {
    closed.complete(code);
    return null;
  }

  @Override
  public void onError(WebSocket ws, Throwable error) {
    closed.complete(1006);
  }

  @Override
  public void close() {
    socket.abort();
    http.close();
  }
}
