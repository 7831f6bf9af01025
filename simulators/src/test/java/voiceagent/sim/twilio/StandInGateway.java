package voiceagent.sim.twilio;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;
import voiceagent.sim.server.Answer;
import voiceagent.sim.server.Peer;
import voiceagent.sim.server.PeerListener;
import voiceagent.sim.server.Request;
import voiceagent.sim.server.SimulatorServer;

/// A customer of Twilio's that answers what a test says and keeps what it was asked.
final class StandInGateway implements AutoCloseable {
  static final String HOST = "voice.example.com";
  static final Duration DEADLINE = Duration.ofSeconds(20);

  private static final ObjectMapper JSON = new ObjectMapper();

  /// A request for TwiML or a callback.
  record Asked(String path, Map<String, String> form, String signature) {}

  private final SimulatorServer server = new SimulatorServer("TEST_PORT", 0, this::route);
  private final Map<String, Function<Asked, CompletionStage<Answer>>> pages =
      new ConcurrentHashMap<>();
  private final BlockingQueue<Socket> sockets = new LinkedBlockingQueue<>();
  private final List<Asked> asked = new CopyOnWriteArrayList<>();
  private volatile int socketStatus = 101;

  StandInGateway() {
    answers("/incoming-call", connect("wss://" + HOST + "/ws", ""));
    answers("/after-stream", "<Response><Hangup/></Response>");
  }

  /// TwiML that opens a stream.
  static String connect(String url, String after) {
    return """
    <?xml version="1.0" encoding="UTF-8"?>
    <Response><Connect><Stream url="%s"><Parameter name="token" value="t&amp;1"/>\
    <Parameter name="agent" value="a"/></Stream></Connect>%s</Response>
    """
        .formatted(url, after);
  }

  void answers(String path, String twiml) {
    answers(path, new Answer.Whole(200, Map.of("content-type", "text/xml"), twiml));
  }

  void answers(String path, Answer answer) {
    pages.put(path, _ -> CompletableFuture.completedFuture(answer));
  }

  void neverAnswers(String path) {
    pages.put(path, _ -> new CompletableFuture<>());
  }

  void refusesSockets(int status) {
    socketStatus = status;
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + server.port());
  }

  CallRequest request() {
    return new CallRequest(url()).publicHost(HOST);
  }

  Socket socket() throws InterruptedException {
    Socket socket = sockets.poll(DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
    if (socket == null) {
      throw new AssertionError("no media stream within " + DEADLINE);
    }
    return socket;
  }

  List<Asked> asked(String path) {
    return asked.stream().filter(a -> a.path().equals(path)).toList();
  }

  private CompletionStage<Answer> route(Request request) {
    String signature = request.header("x-twilio-signature").orElse("");
    if (request.isUpgrade()) {
      return CompletableFuture.completedFuture(
          socketStatus == 101
              ? new Answer.Upgrade(Map.of(), "", peer -> accept(peer, request, signature))
              : new Answer.Whole(socketStatus, Map.of(), "no"));
    }
    Map<String, String> form = new TreeMap<>();
    new QueryStringDecoder(request.text(), false)
        .parameters()
        .forEach((name, values) -> form.put(name, values.getFirst()));
    Asked ask = new Asked(request.path(), form, signature);
    asked.add(ask);
    return pages
        .getOrDefault(
            request.path(),
            _ -> CompletableFuture.completedFuture(new Answer.Whole(404, Map.of(), "")))
        .apply(ask);
  }

  private PeerListener accept(Peer peer, Request request, String signature) {
    Socket socket = new Socket(peer, request.path(), request.query().size(), signature);
    sockets.add(socket);
    return socket;
  }

  @Override
  public void close() {
    server.close();
  }

  /// The gateway's end of a media stream.
  static final class Socket implements PeerListener {
    private final Peer peer;
    private final String path;
    private final int queryParameters;
    private final String signature;
    private final BlockingQueue<JsonNode> messages = new LinkedBlockingQueue<>();
    private final CompletableFuture<Integer> closed = new CompletableFuture<>();
    private volatile String streamSid = "";

    Socket(Peer peer, String path, int queryParameters, String signature) {
      this.peer = peer;
      this.path = path;
      this.queryParameters = queryParameters;
      this.signature = signature;
    }

    String path() {
      return path;
    }

    int queryParameters() {
      return queryParameters;
    }

    String signature() {
      return signature;
    }

    JsonNode next() throws InterruptedException {
      JsonNode message = messages.poll(DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
      if (message == null) {
        throw new AssertionError("no message within " + DEADLINE);
      }
      return message;
    }

    /// The next message that is wanted; the others are dropped.
    JsonNode next(Predicate<JsonNode> wanted) throws InterruptedException {
      JsonNode message = next();
      while (!wanted.test(message)) {
        message = next();
      }
      return message;
    }

    JsonNode next(String event) throws InterruptedException {
      return next(m -> m.path("event").asText().equals(event));
    }

    void awaitStart() throws InterruptedException {
      next("start");
    }

    String nextMark() throws InterruptedException {
      return next("mark").path("mark").path("name").asText();
    }

    Peer peer() {
      return peer;
    }

    int closeCode() throws Exception {
      return closed.get(DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
    }

    boolean isClosed() {
      return closed.isDone();
    }

    Socket audio(byte[] mulaw) {
      peer.text(
          "{\"event\":\"media\",\"streamSid\":\"%s\",\"media\":{\"payload\":\"%s\"}}"
              .formatted(streamSid, Base64.getEncoder().encodeToString(mulaw)));
      return this;
    }

    /// So many samples of one value.
    Socket audio(int samples, int value) {
      byte[] mulaw = new byte[samples];
      Arrays.fill(mulaw, (byte) value);
      return audio(mulaw);
    }

    Socket mark(String name) {
      peer.text(
          "{\"event\":\"mark\",\"streamSid\":\"%s\",\"mark\":{\"name\":\"%s\"}}"
              .formatted(streamSid, name));
      return this;
    }

    Socket clear() {
      peer.text("{\"event\":\"clear\",\"streamSid\":\"%s\"}".formatted(streamSid));
      return this;
    }

    @Override
    public void text(String message) {
      try {
        JsonNode json = JSON.readTree(message);
        if (json.path("event").asText().equals("start")) {
          streamSid = json.path("streamSid").asText();
        }
        messages.add(json);
      } catch (JsonProcessingException e) {
        throw new AssertionError(e);
      }
    }

    @Override
    public void binary(byte[] message) {
      throw new AssertionError("Twilio sent a binary message");
    }

    @Override
    public void closed(int code) {
      closed.complete(code);
    }
  }
}
