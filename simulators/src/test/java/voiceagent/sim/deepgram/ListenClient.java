package voiceagent.sim.deepgram;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import voiceagent.kit.audio.Mulaw;

/// A client of `/v1/listen` or `/v2/listen`: sends audio in frames of 20 ms as fast as they are
/// taken, keeps what it is told.
final class ListenClient implements AutoCloseable {
  static final String PHONE =
      "model=nova-3&encoding=mulaw&sample_rate=8000&interim_results=true&endpointing=300"
          + "&utterance_end_ms=1000&vad_events=true";

  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http = HttpClient.newHttpClient();
  private final List<JsonNode> told = new CopyOnWriteArrayList<>();
  private final CompletableFuture<String> closed = new CompletableFuture<>();
  private final WebSocket socket;

  static final String FLUX = "model=flux-general-en&encoding=mulaw&sample_rate=8000";

  ListenClient(String url, String query) throws Exception {
    this(URI.create(url + "/v1/listen?" + query));
  }

  static ListenClient flux(String url, String query) throws Exception {
    return new ListenClient(URI.create(url + "/v2/listen?" + query));
  }

  private ListenClient(URI uri) throws Exception {
    socket =
        http.newWebSocketBuilder()
            .header("Authorization", "Token " + DeepgramSimulator.KEY)
            .buildAsync(uri, new Listener())
            .get(10, TimeUnit.SECONDS);
  }

  private final class Listener implements WebSocket.Listener {
    private final StringBuilder message = new StringBuilder();

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket ws, CharSequence data, boolean last) {
      message.append(data);
      if (last) {
        try {
          told.add(JSON.readTree(message.toString()));
        } catch (JsonProcessingException e) {
          closed.completeExceptionally(e);
        }
        message.setLength(0);
      }
      ws.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket ws, int code, String reason) {
      closed.complete(code + " " + reason);
      return null;
    }

    @Override
    public void onError(WebSocket ws, Throwable error) {
      closed.complete("1006");
    }
  }

  void audio(byte[] mulaw) throws Exception {
    for (int at = 0; at < mulaw.length; at += 160) {
      byte[] frame = Arrays.copyOfRange(mulaw, at, Math.min(at + 160, mulaw.length));
      socket.sendBinary(ByteBuffer.wrap(frame), true).get(10, TimeUnit.SECONDS);
    }
  }

  void silence(int ms) throws Exception {
    byte[] silence = new byte[8 * ms];
    Arrays.fill(silence, Mulaw.SILENCE);
    audio(silence);
  }

  void empty() throws Exception {
    socket.sendBinary(ByteBuffer.allocate(0), true).get(10, TimeUnit.SECONDS);
  }

  void text(String type) throws Exception {
    json("{\"type\":\"" + type + "\"}");
  }

  void json(String message) throws Exception {
    socket.sendText(message, true).get(10, TimeUnit.SECONDS);
  }

  /// Waits for a message, 20 s at most.
  JsonNode await(String what, Predicate<JsonNode> wanted) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (System.nanoTime() < deadline) {
      for (JsonNode message : told) {
        if (wanted.test(message)) {
          return message;
        }
      }
      LockSupport.parkNanos(2_000_000);
    }
    throw new AssertionError("no " + what + " among " + told);
  }

  /// Ends the stream as a client should, and waits for the goodbye.
  List<JsonNode> finish() throws Exception {
    text("CloseStream");
    assertThat(closeReason()).startsWith("1000");
    return told();
  }

  /// What was told of turns: event and transcript of each TurnInfo but updates.
  List<String> turns() {
    return told.stream()
        .filter(m -> m.path("type").asText().equals("TurnInfo"))
        .filter(m -> !m.path("event").asText().equals("Update"))
        .map(m -> m.path("event").asText() + " " + m.path("transcript").asText())
        .toList();
  }

  String closeReason() throws Exception {
    return closed.get(20, TimeUnit.SECONDS);
  }

  List<JsonNode> told() {
    return new ArrayList<>(told);
  }

  static boolean isFinal(JsonNode message) {
    return message.path("is_final").asBoolean();
  }

  static boolean isPause(JsonNode message) {
    return message.path("speech_final").asBoolean();
  }

  static String transcript(JsonNode message) {
    return message.at("/channel/alternatives/0/transcript").asText();
  }

  /// All finals, joined.
  String transcript() {
    return String.join(
        " ",
        told.stream()
            .filter(ListenClient::isFinal)
            .map(ListenClient::transcript)
            .filter(t -> !t.isEmpty())
            .toList());
  }

  @Override
  public void close() {
    socket.abort();
    http.close();
  }
}
