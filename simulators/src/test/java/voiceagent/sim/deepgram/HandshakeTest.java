package voiceagent.sim.deepgram;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import voiceagent.sim.event.SimulatorEvents;
import voiceagent.sim.speech.Recordings;

/// Whom it lets in, and how it ends.
class HandshakeTest {
  private final DeepgramSimulator deepgram = new DeepgramSimulator(0, new SimulatorEvents());

  @AfterEach
  void close() {
    deepgram.close();
  }

  private record Refusal(int status, Map<String, String> headers, JsonNode body) {}

  /// A handshake by hand: Java's client does not show the body of a refusal.
  private Refusal refusal(String query, String authorization) throws IOException {
    try (Socket socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), deepgram.port())) {
      socket.setSoTimeout(10_000);
      String request =
          "GET /v1/listen?%s HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                  .formatted(query)
              + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
              + authorization
              + "\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
      var in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
      int status = Integer.parseInt(in.readLine().substring(9, 12));
      Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
      for (String line = in.readLine(); !line.isEmpty(); line = in.readLine()) {
        int colon = line.indexOf(':');
        headers.put(line.substring(0, colon), line.substring(colon + 1).strip());
      }
      char[] body = new char[Integer.parseInt(headers.getOrDefault("content-length", "0"))];
      int read = 0;
      while (read < body.length) {
        read += in.read(body, read, body.length - read);
      }
      return new Refusal(status, headers, new ObjectMapper().readTree(new String(body)));
    }
  }

  private static final String KEY = "Authorization: Token " + DeepgramSimulator.KEY + "\r\n";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "utterance_end_ms=1000|utterance_end_ms=999|Invalid 'utterance_end_ms' value of '999'.",
        "interim_results=true|interim_results=false|'utterance_end_ms' requires 'interim_results'",
        "interim_results=true|interim_results=yes|Invalid 'interim_results' value of 'yes'.",
        "model=nova-3|model=nova-9|No such model",
        "model=nova-3|model=flux-general-en|/v2/listen",
        "model=nova-3|model=nova-2&keyterm=Acme|Keyterm",
        "model=nova-3|model=nova-3&keywords=Acme:2|Keywords",
        "endpointing=300|endpointing=soon|Invalid 'endpointing' value of 'soon'.",
        "encoding=mulaw|encoding=ulaw|Invalid 'encoding' value of 'ulaw'.",
        "&sample_rate=8000||'sample_rate' is required",
        "vad_events=true|vad_event=true|Unknown query parameter 'vad_event'",
        "endpointing=300|eot_threshold=0.7|Unknown query parameter 'eot_threshold'",
        "sample_rate=8000|sample_rate=16000|encoding=mulaw&sample_rate=8000 only",
        "vad_events=true|vad_events=1|Invalid 'vad_events' value of '1'.",
      })
  void aWrongParameterIsRefusedAndNamed(String right, @Nullable String wrong, String message)
      throws IOException {
    Refusal refusal = refusal(ListenClient.PHONE.replace(right, wrong == null ? "" : wrong), KEY);
    assertThat(refusal.status()).isEqualTo(400);
    assertThat(refusal.headers().get("dg-error")).contains(message);
    assertThat(refusal.body().path("err_msg").asText()).contains(message);
    assertThat(refusal.body().path("err_code").asText()).isEqualTo("INVALID_QUERY_PARAMETER");
    assertThat(refusal.body().path("request_id").asText())
        .isEqualTo(refusal.headers().get("dg-request-id"));
  }

  @Test
  void aKeyThatIsWrongOrMissingIsRefusedWith401() throws IOException {
    for (String header :
        new String[] {"", "Authorization: Token wrong\r\n", "Authorization: x\r\n"}) {
      Refusal refusal = refusal(ListenClient.PHONE, header);
      assertThat(refusal.status()).isEqualTo(401);
      assertThat(refusal.body().path("err_code").asText()).isEqualTo("INVALID_AUTH");
      assertThat(refusal.headers()).containsKey("dg-request-id");
    }
    deepgram.rejectKeys(true);
    assertThat(refusal(ListenClient.PHONE, KEY).status()).isEqualTo(401);
  }

  @Test
  void theKeyMayComeAsBearerOrSubprotocol() throws Exception {
    URI uri = URI.create(deepgram.url() + "/v1/listen?" + ListenClient.PHONE);
    try (HttpClient http = HttpClient.newHttpClient()) {
      WebSocket bearer =
          http.newWebSocketBuilder()
              .header("Authorization", "Bearer " + DeepgramSimulator.KEY)
              .buildAsync(uri, new WebSocket.Listener() {})
              .get(10, TimeUnit.SECONDS);
      WebSocket subprotocol =
          http.newWebSocketBuilder()
              .subprotocols("token", DeepgramSimulator.KEY)
              .buildAsync(uri, new WebSocket.Listener() {})
              .get(10, TimeUnit.SECONDS);
      assertThat(subprotocol.getSubprotocol()).isEqualTo("token");
      bearer.abort();
      subprotocol.abort();
    }
  }

  @Test
  void handshakesAreRefusedOrLimitedOnDemand() throws Exception {
    deepgram.refuseNext(1, 429);
    assertThatThrownBy(() -> new ListenClient(deepgram.url(), ListenClient.PHONE))
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOf(WebSocketHandshakeException.class);
    deepgram.limitStreams(1);
    try (ListenClient first = new ListenClient(deepgram.url(), ListenClient.PHONE)) {
      Refusal refusal = refusal(ListenClient.PHONE, KEY);
      assertThat(refusal.status()).isEqualTo(429);
      assertThat(refusal.body().path("err_code").asText()).isEqualTo("TOO_MANY_REQUESTS");
      first.finish();
    }
    assertThat(deepgram.attempts()).isEqualTo(3);
  }

  @Test
  void aClientThatSendsNothingIsClosedAndOneThatKeepsAliveIsNot() throws Exception {
    deepgram.silenceLimit(Duration.ofMillis(600));
    try (ListenClient client = new ListenClient(deepgram.url(), ListenClient.PHONE)) {
      long begin = System.nanoTime();
      while (System.nanoTime() - begin < TimeUnit.MILLISECONDS.toNanos(1500)) {
        client.text("KeepAlive");
        LockSupport.parkNanos(50_000_000);
      }
      assertThat(deepgram.connections()).isEqualTo(1);
      assertThat(client.closeReason()).startsWith("1011 NET-0001");
    }
  }

  @Test
  void anEmptyBinaryFrameEndsTheStreamLikeCloseStream() throws Exception {
    try (ListenClient client = new ListenClient(deepgram.url(), ListenClient.PHONE)) {
      client.empty();
      assertThat(client.closeReason()).startsWith("1000");
      assertThat(client.told().getLast().path("type").asText()).isEqualTo("Metadata");
    }
  }

  @Test
  void audioThatIsNoContainerIsUndecodableWithoutAnEncoding() throws Exception {
    try (ListenClient client = new ListenClient(deepgram.url(), "model=nova-3")) {
      client.silence(20);
      assertThat(client.closeReason()).startsWith("1008 DATA-0000");
    }
    try (ListenClient client = new ListenClient(deepgram.url(), ListenClient.PHONE)) {
      client.text("Keepalive");
      assertThat(client.closeReason()).startsWith("1008 DATA-0000");
    }
  }

  @Test
  void connectionsAreCutClosedAndMutedOnDemand() throws Exception {
    byte[] greeting = Recordings.load().get("greeting").mulaw();
    deepgram.cutAfter(Duration.ofMillis(500));
    try (ListenClient client = new ListenClient(deepgram.url(), ListenClient.PHONE)) {
      client.audio(java.util.Arrays.copyOf(greeting, 4000));
      assertThat(client.closeReason()).startsWith("1006");
    }
    try (ListenClient client = new ListenClient(deepgram.url(), ListenClient.PHONE)) {
      client.silence(20);
      deepgram.close(1011, "NET-0000");
      assertThat(client.closeReason()).isEqualTo("1011 NET-0000");
    }
    deepgram.muteNext(1);
    try (ListenClient mute = new ListenClient(deepgram.url(), ListenClient.PHONE);
        ListenClient other = new ListenClient(deepgram.url(), ListenClient.PHONE)) {
      mute.audio(greeting);
      mute.silence(1000);
      other.audio(greeting);
      other.silence(1000);
      other.finish();
      assertThat(mute.told()).isEmpty();
    }
  }
}
