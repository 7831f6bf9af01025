package voiceagent.gateway.twilio;

import static java.net.http.HttpResponse.BodyHandlers.ofString;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.helidon.metrics.api.Counter;
import io.helidon.metrics.api.Metrics;
import io.helidon.webserver.WebServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import voiceagent.gateway.GatewayMain;
import voiceagent.gateway.call.Admission;
import voiceagent.gateway.call.AfterStream;
import voiceagent.gateway.call.CallInfo;
import voiceagent.gateway.call.CallLine;
import voiceagent.gateway.playout.Carrier;
import voiceagent.kit.audio.AudioFrame;
import voiceagent.kit.config.Settings;
import voiceagent.kit.time.ManualTimers;

/// Webhooks and media streams over real sockets; what becomes of a call is scripted.
class TwilioEndpointsTest {
  private static final String AUTH_TOKEN = "0123456789abcdef0123456789abcdef";
  private static final String HOST = "voice.example.com";
  private static final String CALL = "CA33333333333333333333333333333333";
  private static final Map<String, String> FORM =
      Map.of("CallSid", CALL, "From", "+15005550006", "To", "+15005550001", "Empty", "");

  /// What reached the call, in order: "audio 160", "mark r1.1", "dtmf", "ended stop".
  private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

  private final ManualTimers clock = new ManualTimers();
  private final HttpClient client = HttpClient.newHttpClient();
  private final ScriptedCalls calls = new ScriptedCalls();
  private final TwilioEndpoints twilio =
      new TwilioEndpoints(
          TwilioConfig.from(
              Settings.of(
                  GatewayMain.class, Map.of("PUBLIC_HOST", HOST, "TWILIO_AUTH_TOKEN", AUTH_TOKEN))),
          calls,
          clock);
  private final WebServer server =
      WebServer.builder()
          .address(InetAddress.ofLiteral("127.0.0.1"))
          .port(0)
          .shutdownHook(false)
          .addProtocol(TwilioEndpoints.protocol())
          .routing(twilio::webhooks)
          .addRouting(twilio.streams())
          .build()
          .start();

  private final class ScriptedCalls implements CallsWithoutOperators {
    volatile Admission admission = new Admission.Admitted();
    volatile AfterStream next = new AfterStream.HangUp();
    final CompletableFuture<Carrier> carrier = new CompletableFuture<>();

    @Override
    public Admission reserve(CallInfo call) {
      return admission;
    }

    @Override
    public Optional<CallLine> claim(CallInfo call, Carrier stream) {
      carrier.complete(stream);
      return Optional.of(
          new CallLine() {
            @Override
            public void audio(AudioFrame frame) {
              heard.add("audio " + frame.length());
            }

            @Override
            public void mark(String name) {
              heard.add("mark " + name);
            }

            @Override
            public void dtmf(char digit) {
              heard.add("dtmf");
            }

            @Override
            public void ended(String reason) {
              heard.add("ended " + reason);
            }
          });
    }

    @Override
    public AfterStream after(CallInfo call) {
      return next;
    }
  }

  /// The other end of a media stream.
  private static final class Twilio implements WebSocket.Listener {
    final BlockingQueue<String> messages = new LinkedBlockingQueue<>();
    final CompletableFuture<Integer> closed = new CompletableFuture<>();
    final BlockingQueue<String> pongs = new LinkedBlockingQueue<>();
    final BlockingQueue<ByteBuffer> pings = new LinkedBlockingQueue<>();
    volatile boolean reads = true;

    @Override
    public @Nullable CompletionStage<?> onPing(WebSocket socket, ByteBuffer payload) {
      pings.add(payload);
      if (reads) {
        socket.request(1);
      }
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence text, boolean last) {
      messages.add(text.toString());
      socket.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
      closed.complete(code);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onPong(WebSocket socket, ByteBuffer payload) {
      pongs.add(StandardCharsets.UTF_8.decode(payload).toString());
      socket.request(1);
      return null;
    }

    @Override
    public void onError(WebSocket socket, Throwable error) {
      closed.complete(1006);
    }
  }

  @AfterEach
  void close() {
    twilio.close();
    server.stop();
    client.shutdownNow();
  }

  private static String sign(String url, Map<String, String> form) throws Exception {
    StringBuilder data = new StringBuilder(url);
    new TreeMap<>(form).forEach((name, value) -> data.append(name).append(value));
    Mac mac = Mac.getInstance("HmacSHA1");
    mac.init(new SecretKeySpec(AUTH_TOKEN.getBytes(StandardCharsets.UTF_8), "HmacSHA1"));
    return Base64.getEncoder()
        .encodeToString(mac.doFinal(data.toString().getBytes(StandardCharsets.UTF_8)));
  }

  private HttpResponse<String> post(String path, String signature) throws Exception {
    StringBuilder body = new StringBuilder();
    FORM.forEach((name, value) ->
        body.append(body.isEmpty() ? "" : "&")
            .append(name)
            .append('=')
            .append(URLEncoder.encode(value, StandardCharsets.UTF_8)));
    return client.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
            .header("content-type", "application/x-www-form-urlencoded")
            .header("x-twilio-signature", signature)
            .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
            .build(),
        ofString());
  }

  private HttpResponse<String> signedPost(String path) throws Exception {
    return post(path, sign("https://" + HOST + path, FORM));
  }

  private String token() throws Exception {
    Matcher token =
        Pattern.compile("name=\"token\" value=\"([^\"]+)\"")
            .matcher(signedPost("/incoming-call").body());
    assertThat(token.find()).isTrue();
    return token.group(1);
  }

  private WebSocket open(WebSocket.Listener listener) throws Exception {
    return client
        .newWebSocketBuilder()
        .header("x-twilio-signature", sign("wss://" + HOST + "/ws", Map.of()))
        .buildAsync(URI.create("ws://127.0.0.1:" + server.port() + "/ws"), listener)
        .get(5, TimeUnit.SECONDS);
  }

  private static String start(String token) {
    return """
    {"event":"start","sequenceNumber":"1","streamSid":"MZ1","start":{"streamSid":"MZ1","callSid":"%s",
    "tracks":["inbound"],"customParameters":{"token":"%s","agent":"default"},
    "mediaFormat":{"encoding":"audio/x-mulaw","sampleRate":8000,"channels":1}}}\
    """
        .formatted(CALL, token);
  }

  private static String media(int chunk) {
    return """
    {"event":"media","sequenceNumber":"%d","streamSid":"MZ1","media":{"track":"inbound","chunk":"%d",\
    "timestamp":"20","payload":"%s"}}\
    """
        .formatted(chunk + 1, chunk, Base64.getEncoder().encodeToString(new byte[160]));
  }

  private static void send(WebSocket socket, String text) throws Exception {
    var _ = socket.sendText(text, true).get(5, TimeUnit.SECONDS);
  }

  private static double metric(String name) {
    return Metrics.globalRegistry().meters(m -> m.id().name().equals(name)).stream()
        .mapToDouble(m -> ((Counter) m).count())
        .sum();
  }

  private @Nullable String next() throws InterruptedException {
    return heard.poll(5, TimeUnit.SECONDS);
  }

  @Test
  void anHonestWebhookIsAnsweredWithAStreamAndAToken() throws Exception {
    HttpResponse<String> answer = signedPost("/incoming-call");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("content-type").orElse("")).startsWith("text/xml");
    assertThat(answer.body())
        .contains("<Connect><Stream url=\"wss://voice.example.com/ws\">")
        .contains("name=\"token\"")
        .contains("<Redirect>/after-stream</Redirect>");
  }

  @Test
  void aWebhookByGetIsSignedOverItsQuery() throws Exception {
    String path = "/incoming-call?CallSid=" + CALL + "&From=%2B15005550006&To=a%20b";
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
            .header("x-twilio-signature", sign("https://" + HOST + path, Map.of()))
            .build();
    assertThat(client.send(request, ofString()).statusCode()).isEqualTo(200);
  }

  @Test
  void aForgedWebhookIsRefused() throws Exception {
    assertThat(post("/incoming-call", "Zm9yZ2Vk").statusCode()).isEqualTo(403);
    assertThat(post("/after-stream", "Zm9yZ2Vk").statusCode()).isEqualTo(403);
    assertThat(
            post(
                    "/incoming-call",
                    sign("http://127.0.0.1:" + server.port() + "/incoming-call", FORM))
                .statusCode())
        .isEqualTo(403);
  }

  @Test
  void aCallThatCannotBeTakenHearsASentence() throws Exception {
    calls.admission = new Admission.Refused(Admission.Reason.STAGE_FULL);
    assertThat(signedPost("/incoming-call").body())
        .contains("All our lines are busy")
        .contains("<Hangup/>");
  }

  @Test
  void whatComesAfterTheStream() throws Exception {
    assertThat(signedPost("/after-stream").body()).contains("<Hangup/>");
    calls.next = new AfterStream.Transfer("+15005550009");
    assertThat(signedPost("/after-stream").body()).contains("<Number>+15005550009</Number>");
    calls.next = new AfterStream.Transfer("sip:desk@example.com");
    assertThat(signedPost("/after-stream").body()).contains("<Sip>sip:desk@example.com</Sip>");
    calls.next = new AfterStream.Reconnect(new CallInfo(CALL, "", "", "default", Map.of()));
    assertThat(signedPost("/after-stream").body()).contains("<Stream url=");
    calls.next = new AfterStream.GiveUp();
    assertThat(signedPost("/after-stream").body()).contains("the line breaks down", "<Hangup/>");
    calls.next = new AfterStream.AskAgain();
    assertThat(signedPost("/after-stream").body())
        .contains("<Pause length=\"1\"/><Redirect>/after-stream</Redirect>");
  }

  @Test
  void anOutcomeOfTheDialSaysWhatFollowsATransfer() throws Exception {
    assertThat(signedPost("/after-transfer?DialCallStatus=completed").body())
        .contains("<Response><Hangup/></Response>");
    for (String status : new String[] {"no-answer", "busy", "failed", "canceled"}) {
      assertThat(signedPost("/after-transfer?DialCallStatus=" + status).body())
          .contains("nobody can take your call", "<Hangup/>");
    }
  }

  @Test
  void theStreamHasNoQueryAndItsParametersAreEscapedAndShort_C15() throws Exception {
    String odd = "a&b <c> \"d\" 'e' \u00e9";
    String path =
        "/incoming-call?v.note="
            + URLEncoder.encode(odd, StandardCharsets.UTF_8)
            + "&v.long="
            + "x".repeat(600);
    String answer = signedPost(path).body();
    var twiml =
        javax.xml.parsers.DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new java.io.ByteArrayInputStream(answer.getBytes(StandardCharsets.UTF_8)));
    var parameters = twiml.getElementsByTagName("Parameter");
    Map<String, String> given = new TreeMap<>();
    for (int i = 0; i < parameters.getLength(); i++) {
      var attributes = parameters.item(i).getAttributes();
      given.put(
          attributes.getNamedItem("name").getNodeValue(),
          attributes.getNamedItem("value").getNodeValue());
    }
    assertThat(given).containsEntry("v.note", odd).containsEntry("agent", "default");
    assertThat(given)
        .allSatisfy((name, value) -> assertThat(name.length() + value.length()).isLessThan(500));
    assertThat(answer).contains("url=\"wss://voice.example.com/ws\"");
  }

  @Test
  void nothingIsSentBeforeStartAndAllOfItNamesTheStream_C7() throws Exception {
    Twilio peer = new Twilio();
    WebSocket socket = open(peer);
    send(socket, "{\"event\":\"connected\",\"protocol\":\"Call\",\"version\":\"1.0.0\"}");
    var _ = socket.sendPing(ByteBuffer.wrap("now".getBytes(StandardCharsets.UTF_8))).get();
    assertThat(peer.pongs.poll(5, TimeUnit.SECONDS)).isEqualTo("now");
    assertThat(peer.messages).isEmpty();
    send(socket, start(token()));
    Carrier carrier = calls.carrier.get(5, TimeUnit.SECONDS);
    carrier.media(AudioFrame.of(new byte[160]));
    carrier.mark("r1.1");
    carrier.clear();
    carrier.flush();
    for (int i = 0; i < 3; i++) {
      assertThat(peer.messages.poll(5, TimeUnit.SECONDS)).contains("\"streamSid\":\"MZ1\"");
    }
  }

  /// What one thread gave may go out with another's flush; its own then finds nothing (L10).
  @Test
  void aFlushThatFindsNothingDoesNotEndTheWriting() throws Exception {
    Twilio peer = new Twilio();
    send(open(peer), start(token()));
    Carrier carrier = calls.carrier.get(5, TimeUnit.SECONDS);
    for (int i = 0; i < 100; i++) {
      carrier.mark("m" + i);
      carrier.flush();
      assertThat(peer.messages.poll(5, TimeUnit.SECONDS)).contains("\"m" + i + "\"");
      carrier.flush();
    }
  }

  @Test
  void aGapInTheChunksIsCountedAndTolerated_C2() throws Exception {
    double before = metric("voiceagent_twilio_media_missing_total");
    WebSocket socket = open(new Twilio());
    send(socket, start(token()));
    send(socket, media(1));
    send(socket, media(5));
    assertThat(next()).isEqualTo("audio 160");
    assertThat(next()).isEqualTo("audio 160");
    assertThat(metric("voiceagent_twilio_media_missing_total") - before).isEqualTo(3);
  }

  @Test
  void stopAndEveryKindOfCloseEndTheCallOnce_C12() throws Exception {
    for (String ending : new String[] {"stop", "close", "abort"}) {
      WebSocket socket = open(new Twilio());
      send(socket, start(token()));
      send(socket, media(1));
      String heardFirst = next();
      while (String.valueOf(heardFirst).startsWith("ended")) {
        heardFirst = next(); // an end may be told again, which is harmless
      }
      assertThat(heardFirst).isEqualTo("audio 160");
      switch (ending) {
        case "stop" -> send(socket, "{\"event\":\"stop\",\"stop\":{}}");
        case "close" -> {
          var _ = socket.sendClose(1000, "").get(5, TimeUnit.SECONDS);
        }
        default -> socket.abort();
      }
      assertThat(next()).isEqualTo("ended " + (ending.equals("stop") ? "stop" : "closed"));
    }
  }

  /// It may still send: only its silence on our pings tells. What the kernel holds hides it from
  /// our writes (L10).
  @Test
  void aPeerThatSendsButDoesNotReadIsFoundWithinThreeSeconds_L10() throws Exception {
    Twilio peer = new Twilio();
    WebSocket socket = open(peer);
    send(socket, start(token()));
    Carrier carrier = calls.carrier.get(5, TimeUnit.SECONDS);
    peer.reads = false; // but for what it asked for already, which is one ping
    clock.advance(Duration.ofMillis(600));
    assertThat(peer.pings.poll(5, TimeUnit.SECONDS)).isNotNull();
    carrier.mark("r1.1");
    carrier.flush();
    for (int i = 1; i <= 5; i++) { // the pong came before
      send(socket, media(i));
      assertThat(next()).isEqualTo("audio 160");
      clock.advance(Duration.ofMillis(500));
    }
    send(socket, media(6));
    assertThat(next()).isEqualTo("audio 160");
    clock.advance(Duration.ofMillis(400));
    assertThat(next()).isEqualTo("ended not-reading");
  }

  @Test
  void aStreamWithoutAValidSignatureIsRefusedBeforeAnythingElse_C4() {
    assertThatThrownBy(() ->
            client
                .newWebSocketBuilder()
                .header("x-twilio-signature", sign("wss://" + HOST + "/other", Map.of()))
                .buildAsync(URI.create("ws://127.0.0.1:" + server.port() + "/ws"), new Twilio())
                .join())
        .isInstanceOf(CompletionException.class)
        .cause()
        .isInstanceOfSatisfying(
            WebSocketHandshakeException.class,
            e -> assertThat(e.getResponse().statusCode()).isEqualTo(403));
    assertThat(calls.carrier).isNotDone();
  }

  @Test
  void anHonestStreamReachesItsCallAndIsAnswered_C1_C6() throws Exception {
    Twilio peer = new Twilio();
    WebSocket socket = open(peer);
    send(socket, "{\"event\":\"connected\",\"protocol\":\"Call\",\"version\":\"1.0.0\"}");
    send(socket, start(token()));
    send(socket, media(1));
    send(socket, "{\"event\":\"mark\",\"mark\":{\"name\":\"r1.1\"}}");
    send(socket, "{\"event\":\"dtmf\",\"dtmf\":{\"track\":\"inbound_track\",\"digit\":\"5\"}}");
    assertThat(next()).isEqualTo("audio 160");
    assertThat(next()).isEqualTo("mark r1.1");
    assertThat(next()).isEqualTo("dtmf");
    Carrier carrier = calls.carrier.get(5, TimeUnit.SECONDS);
    carrier.media(AudioFrame.of(new byte[160]));
    carrier.mark("r1.2");
    carrier.clear();
    carrier.flush();
    assertThat(peer.messages.poll(5, TimeUnit.SECONDS)).contains("\"media\"", "\"MZ1\"");
    assertThat(peer.messages.poll(5, TimeUnit.SECONDS)).contains("\"r1.2\"");
    assertThat(peer.messages.poll(5, TimeUnit.SECONDS)).contains("\"clear\"");
    send(socket, "{\"event\":\"stop\",\"stop\":{}}");
    assertThat(next()).isEqualTo("ended stop");
    carrier.close("stop");
    assertThat(peer.closed.get(5, TimeUnit.SECONDS)).isEqualTo(1000);
  }

  /// A carrier that gets no answer to its ping takes the stream as dead.
  @Test
  void aPingIsAnsweredBeforeStartAndAfter() throws Exception {
    Twilio peer = new Twilio();
    WebSocket socket = open(peer);
    var _ = socket.sendPing(ByteBuffer.wrap("one".getBytes(StandardCharsets.UTF_8))).get();
    assertThat(peer.pongs.poll(5, TimeUnit.SECONDS)).isEqualTo("one");
    send(socket, start(token()));
    var _ = socket.sendPing(ByteBuffer.wrap("two".getBytes(StandardCharsets.UTF_8))).get();
    assertThat(peer.pongs.poll(5, TimeUnit.SECONDS)).isEqualTo("two");
  }

  @Test
  void mediaBeforeStartEndsTheStream_C1() throws Exception {
    Twilio peer = new Twilio();
    send(open(peer), media(1));
    assertThat(peer.closed.get(5, TimeUnit.SECONDS)).isEqualTo(1008);
    assertThat(calls.carrier).isNotDone();
  }

  @Test
  void aTokenThatIsMissingForgedOrSpentEndsTheStream() throws Exception {
    String token = token();
    WebSocket first = open(new Twilio());
    send(first, start(token));
    calls.carrier.get(5, TimeUnit.SECONDS);
    for (String bad : new String[] {"", "1.2.3", token}) {
      Twilio peer = new Twilio();
      send(open(peer), start(bad));
      assertThat(peer.closed.get(5, TimeUnit.SECONDS)).as(bad).isEqualTo(1008);
    }
  }

  @Test
  void messagesThatAreBrokenUnknownOrTwiceAreDroppedAndTheCallGoesOn_C3() throws Exception {
    WebSocket socket = open(new Twilio());
    String token = token();
    send(socket, start(token));
    send(socket, "{\"event\":");
    send(socket, "{\"event\":\"video\"}");
    send(socket, start(token));
    var _ = socket.sendBinary(ByteBuffer.wrap(new byte[9]), true).get();
    var _ = socket.sendText(media(1).substring(0, 50), false).get();
    var _ = socket.sendText(media(1).substring(50), true).get();
    assertThat(next()).isEqualTo("audio 160");
  }

  @Test
  void aPeerThatGoesWithoutAWordEndsItsCall_C12_L38() throws Exception {
    WebSocket socket = open(new Twilio());
    send(socket, start(token()));
    calls.carrier.get(5, TimeUnit.SECONDS);
    socket.abort();
    assertThat(next()).isEqualTo("ended closed");
  }

  @Test
  void aPeerThatVanishesIsMissedWithinThreeSeconds_L38() throws Exception {
    try (Socket deaf = deaf()) {
      calls.carrier.get(5, TimeUnit.SECONDS);
      clock.advance(Duration.ofMillis(2400));
      assertThat(heard).isEmpty();
      clock.advance(Duration.ofMillis(400));
      assertThat(next()).isEqualTo("ended vanished");
      assertThat(deaf.isClosed()).isFalse();
    }
  }

  @Test
  void aPeerThatDoesNotReadEndsItsCallAndNoOther_L10() throws Exception {
    try (Socket deaf = deaf()) {
      Carrier carrier = calls.carrier.get(5, TimeUnit.SECONDS);
      byte[] much = new byte[30_000];
      boolean taken = true;
      for (int i = 0; taken && i < 100_000; i++) {
        taken = carrier.media(AudioFrame.of(much));
        carrier.flush();
      }
      assertThat(taken).isFalse();
      assertThat(next()).isEqualTo("ended write-queue-full");
      assertThat(deaf.isClosed()).isFalse();
    }
  }

  /// A peer that sends `start` and then neither reads nor writes.
  private Socket deaf() throws Exception {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(4096);
    socket.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), server.port()));
    String request =
        "GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            + "X-Twilio-Signature: "
            + sign("wss://" + HOST + "/ws", Map.of())
            + "\r\n\r\n";
    socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
    readHead(socket);
    byte[] text = start(token()).getBytes(StandardCharsets.UTF_8);
    byte[] frame = new byte[8 + text.length];
    frame[0] = (byte) 0x81;
    frame[1] = (byte) (0x80 | 126);
    frame[2] = (byte) (text.length >> 8);
    frame[3] = (byte) text.length;
    System.arraycopy(text, 0, frame, 8, text.length); // masked with zeros
    socket.getOutputStream().write(frame);
    return socket;
  }

  private static void readHead(Socket socket) throws IOException {
    StringBuilder head = new StringBuilder();
    while (!head.toString().endsWith("\r\n\r\n")) {
      head.append((char) socket.getInputStream().read());
    }
    assertThat(head).startsWith("HTTP/1.1 101");
  }
}
