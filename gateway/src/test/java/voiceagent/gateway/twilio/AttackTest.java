package voiceagent.gateway.twilio;

import static java.net.http.HttpResponse.BodyHandlers.ofString;
import static org.assertj.core.api.Assertions.assertThat;

import io.helidon.metrics.api.Counter;
import io.helidon.metrics.api.Metrics;
import io.helidon.webserver.WebServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
import voiceagent.sim.twilio.TwilioSignature;

/// What somebody may try who is not Twilio, or is Twilio's customer beside us: each attempt is
/// refused, counted by its reason, and reaches no call. The honest call beside them is admitted.
class AttackTest {
  private static final String AUTH_TOKEN = "0123456789abcdef0123456789abcdef";
  private static final String ADMIN_TOKEN = "an-admin-token-of-32-characters!";
  private static final String HOST = "voice.example.com";
  private static final String CALL = "CA33333333333333333333333333333333";
  private static final String OTHER_CALL = "CA44444444444444444444444444444444";

  private final HttpClient client = HttpClient.newHttpClient();
  private final CountedCalls calls = new CountedCalls();
  private final ManualTimers clock = new ManualTimers();
  private final List<String> logged = new CopyOnWriteArrayList<>();
  private final Logger logger = Logger.getLogger("voiceagent.gateway.twilio");
  private final Handler logs = new Listening(logged);
  private volatile Instant now = Instant.now();
  private final TwilioConfig config =
      TwilioConfig.from(
          Settings.of(
              GatewayMain.class,
              Map.of(
                  "PUBLIC_HOST",
                  HOST,
                  "TWILIO_AUTH_TOKEN",
                  AUTH_TOKEN,
                  "ADMIN_TOKEN",
                  ADMIN_TOKEN)));
  private final TwilioEndpoints twilio = new TwilioEndpoints(config, calls, clock, () -> now);
  private final WebServer server =
      WebServer.builder()
          .address(InetAddress.ofLiteral("127.0.0.1"))
          .port(0)
          .shutdownHook(false)
          .maxPayloadSize(64 * 1024)
          .addProtocol(TwilioEndpoints.protocol())
          .routing(twilio::webhooks)
          .addRouting(twilio.streams())
          .build()
          .start();

  AttackTest() {
    logger.setLevel(java.util.logging.Level.ALL);
    logger.setUseParentHandlers(false);
    logger.addHandler(logs);
  }

  @AfterEach
  void close() {
    logger.removeHandler(logs);
    logger.setLevel(java.util.logging.Level.SEVERE);
    logger.setUseParentHandlers(true);
    twilio.close();
    server.stop();
    client.shutdownNow();
  }

  private static final class Listening extends Handler {
    private final List<String> lines;

    Listening(List<String> lines) {
      this.lines = lines;
    }

    @Override
    public void publish(LogRecord entry) {
      lines.add(new java.util.logging.SimpleFormatter().format(entry));
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  private static final class CountedCalls implements CallsWithoutOperators {
    final AtomicInteger reserved = new AtomicInteger();
    final AtomicInteger claimed = new AtomicInteger();

    @Override
    public Admission reserve(CallInfo call) {
      reserved.incrementAndGet();
      return new Admission.Admitted();
    }

    @Override
    public Optional<CallLine> claim(CallInfo call, Carrier stream) {
      claimed.incrementAndGet();
      return Optional.of(
          new CallLine() {
            @Override
            public void audio(AudioFrame frame) {}

            @Override
            public void mark(String name) {}

            @Override
            public void dtmf(char digit) {}

            @Override
            public void ended(String reason) {}
          });
    }

    @Override
    public AfterStream after(CallInfo call) {
      return new AfterStream.HangUp();
    }
  }

  private static final class Peer implements WebSocket.Listener {
    final CompletableFuture<Integer> closed = new CompletableFuture<>();

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
      closed.complete(code);
      return null;
    }

    @Override
    public void onError(WebSocket socket, Throwable error) {
      closed.complete(1006);
    }
  }

  private static Map<String, String> form(String callSid) {
    return Map.of("CallSid", callSid, "From", "+15005550006", "To", "+15005550001");
  }

  private static String signed(String path, Map<String, String> form) {
    return TwilioSignature.of(AUTH_TOKEN, "https://" + HOST + path, form);
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
        .timeout(Duration.ofSeconds(10));
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), ofString());
  }

  private HttpResponse<String> post(String path, Map<String, String> form, String signature)
      throws Exception {
    return send(
        request(path)
            .header("content-type", "application/x-www-form-urlencoded")
            .header("x-twilio-signature", signature)
            .POST(HttpRequest.BodyPublishers.ofString(encoded(form))));
  }

  private static String encoded(Map<String, String> form) {
    StringBuilder body = new StringBuilder();
    new TreeMap<>(form)
        .forEach((name, value) ->
            body.append(body.isEmpty() ? "" : "&")
                .append(name)
                .append('=')
                .append(URLEncoder.encode(value, StandardCharsets.UTF_8)));
    return body.toString();
  }

  /// A token of the gateway's, as an honest webhook gets it.
  private String token(String callSid) throws Exception {
    Map<String, String> form = form(callSid);
    String twiml = post("/incoming-call", form, signed("/incoming-call", form)).body();
    Matcher token = Pattern.compile("name=\"token\" value=\"([^\"]+)\"").matcher(twiml);
    assertThat(token.find()).isTrue();
    return token.group(1);
  }

  private WebSocket open(Peer peer) throws Exception {
    return open(peer, TwilioSignature.of(AUTH_TOKEN, "wss://" + HOST + "/ws", Map.of()));
  }

  private WebSocket open(Peer peer, String signature) throws Exception {
    try {
      return client
          .newWebSocketBuilder()
          .header("x-twilio-signature", signature)
          .buildAsync(URI.create("ws://127.0.0.1:" + server.port() + "/ws"), peer)
          .get(10, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new CompletionException(e.getCause());
    }
  }

  private static String start(String callSid, String agent, String token) {
    return """
    {"event":"start","sequenceNumber":"1","streamSid":"MZ1","start":{"streamSid":"MZ1","callSid":"%s",
    "tracks":["inbound"],"customParameters":{"token":"%s","agent":"%s"},
    "mediaFormat":{"encoding":"audio/x-mulaw","sampleRate":8000,"channels":1}}}\
    """
        .formatted(callSid, token, agent);
  }

  /// Opens a signed stream with what an attacker says, and expects its refusal.
  private void refused(String callSid, String agent, String token, String reason) throws Exception {
    double before = streams(reason);
    int claimed = calls.claimed.get();
    Peer peer = new Peer();
    var _ = open(peer).sendText(start(callSid, agent, token), true).get(5, TimeUnit.SECONDS);
    assertThat(peer.closed.get(5, TimeUnit.SECONDS)).isEqualTo(1008);
    assertThat(streams(reason) - before).as(reason).isEqualTo(1);
    assertThat(calls.claimed.get()).isEqualTo(claimed);
  }

  private void admitted(String callSid, String agent, String token) throws Exception {
    int claimed = calls.claimed.get();
    Peer peer = new Peer();
    var _ = open(peer).sendText(start(callSid, agent, token), true).get(5, TimeUnit.SECONDS);
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
    while (calls.claimed.get() == claimed && System.nanoTime() < deadline) {
      Thread.onSpinWait();
    }
    assertThat(calls.claimed.get()).isEqualTo(claimed + 1);
    assertThat(peer.closed).isNotDone();
  }

  private static double streams(String reason) {
    return counted("voiceagent_streams_refused_total", reason);
  }

  private static double counted(String name, String reason) {
    return Metrics.globalRegistry()
        .meters(m -> m.id().name().equals(name) && reason.equals(m.id().tagsMap().get("reason")))
        .stream()
        .mapToDouble(m -> ((Counter) m).count())
        .sum();
  }

  @Test
  void theHonestCallIsAdmitted() throws Exception {
    admitted(CALL, "default", token(CALL));
    assertThat(calls.reserved).hasValue(1);
  }

  @Test
  void aForgedWebhookIsRefused() throws Exception {
    double before = counted("voiceagent_webhooks_refused_total", "signature");
    for (String path :
        List.of("/incoming-call", "/after-stream", "/after-transfer", "/call-status")) {
      Map<String, String> form = form(CALL);
      String honest = signed(path, form);
      Map<String, String> other = new TreeMap<>(form);
      other.put("From", "+15005550666");
      assertThat(post(path, form, "Zm9yZ2Vk").statusCode()).isEqualTo(403);
      assertThat(post(path, form, "").statusCode()).isEqualTo(403);
      assertThat(post(path, other, honest).statusCode()).as("another form").isEqualTo(403);
      assertThat(post(path + "?agent=vip", form, honest).statusCode())
          .as("another query")
          .isEqualTo(403);
      assertThat(
              post(path, form, TwilioSignature.of("wrong", "https://" + HOST + path, form))
                  .statusCode())
          .as("another account's key")
          .isEqualTo(403);
    }
    assertThat(calls.reserved).hasValue(0);
    assertThat(counted("voiceagent_webhooks_refused_total", "signature") - before).isEqualTo(20);
  }

  @Test
  void aWebhookSignedForTheHostThatTheRequestNamesIsRefused() throws Exception {
    Map<String, String> form = form(CALL);
    for (String host : List.of("127.0.0.1:" + server.port(), "evil.example.com")) {
      String forHost = TwilioSignature.of(AUTH_TOKEN, "https://" + host + "/incoming-call", form);
      assertThat(
              send(request("/incoming-call")
                      .header("content-type", "application/x-www-form-urlencoded")
                      .header("x-twilio-signature", forHost)
                      .header("x-forwarded-host", host)
                      .header("x-forwarded-proto", "https")
                      .POST(HttpRequest.BodyPublishers.ofString(encoded(form))))
                  .statusCode())
          .isEqualTo(403);
    }
    assertThat(calls.reserved).hasValue(0);
  }

  @Test
  void otherBodiesThanFormsAreRefusedAndNotAnError() throws Exception {
    String honest = signed("/incoming-call", Map.of());
    for (String type :
        List.of("application/json", "text/plain", "multipart/form-data; boundary=x", "no/such")) {
      HttpResponse<String> answer =
          send(
              request("/incoming-call")
                  .header("content-type", type)
                  .header("x-twilio-signature", honest)
                  .POST(HttpRequest.BodyPublishers.ofString("{\"CallSid\":\"" + CALL + "\"}")));
      assertThat(answer.statusCode()).as(type).isBetween(400, 403);
    }
    assertThat(statusOfHugeForm()).isIn(0, 413);
    assertThat(calls.reserved).hasValue(0);
  }

  /// 0 if the connection is closed before all was read.
  private int statusOfHugeForm() throws Exception {
    try {
      return send(request("/incoming-call")
              .header("content-type", "application/x-www-form-urlencoded")
              .POST(HttpRequest.BodyPublishers.ofString("a=" + "x".repeat(200_000))))
          .statusCode();
    } catch (IOException e) {
      return 0;
    }
  }

  @Test
  void aCallSidThatIsNoIdIsRefusedThoughItIsSigned() throws Exception {
    for (String sid : List.of("", "CA1\nforged log line", "../../etc/passwd", "x".repeat(65))) {
      Map<String, String> form = form(sid);
      assertThat(post("/incoming-call", form, signed("/incoming-call", form)).statusCode())
          .isEqualTo(400);
    }
    assertThat(calls.reserved).hasValue(0);
    assertThat(logged).noneMatch(l -> l.contains("forged log line"));
  }

  @Test
  void aForgedHandshakeIs403AndOpensNothing() {
    double before = streams("signature");
    for (String signature :
        List.of(
            "Zm9yZ2Vk",
            TwilioSignature.of("wrong", "wss://" + HOST + "/ws", Map.of()),
            TwilioSignature.of(AUTH_TOKEN, "wss://evil.example.com/ws", Map.of()),
            TwilioSignature.of(AUTH_TOKEN, "https://" + HOST + "/ws", Map.of()))) {
      assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> open(new Peer(), signature)))
          .cause()
          .isInstanceOfSatisfying(
              WebSocketHandshakeException.class,
              e -> assertThat(e.getResponse().statusCode()).isEqualTo(403));
    }
    assertThat(streams("signature") - before).isEqualTo(4);
    assertThat(calls.claimed).hasValue(0);
  }

  @Test
  void aForgedTokenIsRefused() throws Exception {
    refused(CALL, "default", "", "token_missing");
    refused(CALL, "default", "not-a-token", "token_forged");
    String honest = token(CALL);
    char last = honest.charAt(honest.length() - 2);
    refused(
        CALL,
        "default",
        honest.substring(0, honest.length() - 2) + (last == 'A' ? 'B' : 'A') + "A",
        "token_forged");
    String longer =
        honest.replaceFirst("^[0-9]+", String.valueOf(now.plusSeconds(86_400).getEpochSecond()));
    refused(CALL, "default", longer, "token_forged");
    admitted(CALL, "default", honest);
  }

  @Test
  void aReplayedTokenIsRefused() throws Exception {
    String honest = token(CALL);
    admitted(CALL, "default", honest);
    refused(CALL, "default", honest, "token_spent");
    refused(CALL, "default", honest, "token_spent");
  }

  @Test
  void aTokenThatIsUsedTwiceAtOnceIsGoodOnce() throws Exception {
    String honest = token(CALL);
    double before = streams("token_spent");
    List<Peer> peers = List.of(new Peer(), new Peer(), new Peer(), new Peer());
    List<WebSocket> sockets = new CopyOnWriteArrayList<>();
    for (Peer peer : peers) {
      sockets.add(open(peer));
    }
    List<CompletableFuture<WebSocket>> sent =
        sockets.parallelStream()
            .map(s -> s.sendText(start(CALL, "default", honest), true))
            .toList();
    for (CompletableFuture<WebSocket> each : sent) {
      var _ = each.get(5, TimeUnit.SECONDS);
    }
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
    while (streams("token_spent") - before < 3 && System.nanoTime() < deadline) {
      Thread.onSpinWait();
    }
    assertThat(streams("token_spent") - before).isEqualTo(3);
    assertThat(calls.claimed).hasValue(1);
  }

  @Test
  void aSwappedTokenIsRefused() throws Exception {
    refused(OTHER_CALL, "default", token(CALL), "token_forged");
    refused(CALL, "vip", token(CALL), "token_forged");
  }

  @Test
  void aLateTokenIsRefused() throws Exception {
    String honest = token(CALL);
    now = now.plus(StreamToken.LIFE).plusSeconds(1);
    refused(CALL, "default", honest, "token_expired");
  }

  @Test
  void aWebhookThatIsReplayedMakesAnotherTokenButNoSecondCall() throws Exception {
    String first = token(CALL);
    String second = token(CALL);
    assertThat(second).isNotEqualTo(first);
    admitted(CALL, "default", first);
    // What the second token opens is up to the registry, which has one place for a call SID:
    // AdmissionTest.
  }

  @Test
  void aSecondStartOnTheSameSocketChangesNothing() throws Exception {
    Peer peer = new Peer();
    WebSocket socket = open(peer);
    String mine = start(CALL, "default", token(CALL));
    var _ = socket.sendText(mine, true).get(5, TimeUnit.SECONDS);
    String other = start(OTHER_CALL, "default", token(OTHER_CALL));
    var _ = socket.sendText(other, true).get(5, TimeUnit.SECONDS);
    var _ = socket.sendText("{\"event\":\"stop\",\"stop\":{}}", true).get(5, TimeUnit.SECONDS);
    assertThat(calls.claimed).hasValue(1);
    assertThat(peer.closed).isNotDone();
  }

  @Test
  void theAdminFacesNeedTheirToken() throws Exception {
    for (String authorization :
        List.of(
            "",
            "Bearer",
            "Bearer ",
            ADMIN_TOKEN,
            "Bearer " + ADMIN_TOKEN.substring(1),
            "Bearer " + ADMIN_TOKEN.substring(0, 31),
            "Bearer " + ADMIN_TOKEN + "x",
            "Basic " + ADMIN_TOKEN)) {
      for (String method : List.of("GET", "POST")) {
        assertThat(admin(method, "/calls", authorization).statusCode())
            .as("%s with %s", method, authorization)
            .isEqualTo(403);
      }
      assertThat(admin("GET", "/calls/" + CALL, authorization).statusCode()).isEqualTo(403);
      assertThat(admin("DELETE", "/calls/" + CALL, authorization).statusCode()).isEqualTo(403);
      assertThat(admin("POST", "/calls/" + CALL + "/recording", authorization).statusCode())
          .isEqualTo(403);
      assertThat(admin("DELETE", "/calls/" + CALL + "/recording", authorization).statusCode())
          .isEqualTo(403);
    }
    assertThat(admin("GET", "/calls", "Bearer " + ADMIN_TOKEN).statusCode()).isEqualTo(200);
    assertThat(admin("GET", "/calls/..%2Fevil", "Bearer " + ADMIN_TOKEN).statusCode())
        .isBetween(400, 404);
  }

  private HttpResponse<String> admin(String method, String path, String authorization)
      throws Exception {
    return send(
        request(path)
            .header("authorization", authorization)
            .method(method, HttpRequest.BodyPublishers.ofString("{}")));
  }

  @Test
  void neitherTokensNorNumbersAreLogged() throws Exception {
    String honest = token(CALL);
    refused(OTHER_CALL, "default", honest, "token_forged");
    admitted(CALL, "default", honest);
    refused(CALL, "default", honest, "token_spent");
    assertThat(logged).isNotEmpty();
    assertThat(logged)
        .noneMatch(l ->
            l.contains(honest)
                || l.contains(AUTH_TOKEN)
                || l.contains(ADMIN_TOKEN)
                || l.contains("5005550"));
  }
}
