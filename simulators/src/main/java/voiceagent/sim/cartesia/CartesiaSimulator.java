package voiceagent.sim.cartesia;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import voiceagent.sim.cartesia.Generation.Encoding;
import voiceagent.sim.event.SimulatorEvents;
import voiceagent.sim.server.Answer;
import voiceagent.sim.server.Request;
import voiceagent.sim.server.SimulatorServer;
import voiceagent.sim.speech.SpeechSynthesizer;
import voiceagent.sim.speech.SpokenWord;
import voiceagent.sim.speech.Utterance;

/// Cartesia's text-to-speech WebSocket: its rules, errors and limits, with real speech. Source:
/// Cartesia docs, "TTS WebSocket", "Contexts", "Concurrency and WebSocket Limits".
///
/// Tells [SimulatorEvents]: "connected", "clause" (the transcript), "first-audio", "cancelled" and
/// "done" (the context's id), "refused" (why), "closed" (the code). The speed of
/// `generation_config` is heard; models, voices and languages all sound the same.
public final class CartesiaSimulator implements AutoCloseable {
  /// The key it accepts.
  public static final String KEY = "simulated-cartesia-key";

  /// A voice; any other UUID names one as well.
  public static final String VOICE = "00000000-0000-4000-8000-0000000000aa";

  private static final System.Logger LOG = System.getLogger(CartesiaSimulator.class.getName());
  private static final int SOCKETS_PER_CONTEXT = 10;
  private static final int MAX_REFUSALS = 200;
  private static final int MAX_WAITING = 10_000;
  private static final int MAX_REQUESTS = 2000;
  private static final int MAX_HANDSHAKES = 1000;

  private final SimulatorEvents events;
  private final SpeechSynthesizer synthesizer = new SpeechSynthesizer();
  private final ThreadPoolExecutor makers =
      new ThreadPoolExecutor(
          2,
          2,
          0,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(MAX_WAITING),
          Thread.ofPlatform().name("cartesia-speech-", 0).daemon().factory(),
          new ThreadPoolExecutor.DiscardPolicy()); // full: that input gets no audio
  private final CartesiaRules rules = new CartesiaRules();
  private final CartesiaFaults faults = new CartesiaFaults();
  private final SpokenLog spoken = new SpokenLog();
  private final Set<SimulatedSocket> sockets = ConcurrentHashMap.newKeySet();
  private final List<String> refusals = new CopyOnWriteArrayList<>();
  private final ArrayDeque<JsonNode> requests = new ArrayDeque<>();
  private final List<Request> handshakesSeen = new CopyOnWriteArrayList<>();
  private final AtomicInteger contexts = new AtomicInteger();
  private final AtomicInteger mostContexts = new AtomicInteger();
  private final AtomicInteger handshakes = new AtomicInteger();
  private final SimulatorServer server;

  private CartesiaSimulator(int port, SimulatorEvents events) {
    this.events = events;
    server = new SimulatorServer("SIM_CARTESIA_PORT", port, this::answer);
  }

  /// Given the audio in the encoding asked for, and its words in samples since it began.
  interface Made {
    void made(byte[] audio, List<SpokenWord> words);
  }

  /// Opens the port.
  ///
  /// @param port 0 takes a free one
  /// @throws java.io.UncheckedIOException if the port is taken
  public static CartesiaSimulator start(int port, SimulatorEvents events) {
    return new CartesiaSimulator(port, events);
  }

  public int port() {
    return server.port();
  }

  /// What `CARTESIA_URL` is set to.
  public String url() {
    return "ws://127.0.0.1:" + port();
  }

  /// Pace and limits, which may be changed.
  public CartesiaRules rules() {
    return rules;
  }

  /// Ways to fail.
  public CartesiaFaults faults() {
    return faults;
  }

  /// Each context so far, in the order they began; the last 2,000.
  public List<Spoken> spoken() {
    return spoken.all();
  }

  /// Each message that was JSON, as it came; the last 2,000.
  public List<JsonNode> requests() {
    synchronized (requests) {
      return List.copyOf(requests);
    }
  }

  /// Each handshake, refused ones too: path, query and headers. The first 1,000.
  public List<Request> handshakesSeen() {
    return List.copyOf(handshakesSeen);
  }

  /// The last 200 refusals, in the words that the client got.
  public List<String> refusals() {
    return List.copyOf(refusals);
  }

  /// Contexts that live now, over all sockets.
  public int openContexts() {
    return contexts.get();
  }

  /// The most contexts that ever lived at once.
  public int mostContexts() {
    return mostContexts.get();
  }

  public int openSockets() {
    return sockets.size();
  }

  /// Handshakes so far, refused ones too.
  public int handshakes() {
    return handshakes.get();
  }

  /// Cuts all sockets without a word.
  public void cutSockets() {
    sockets.forEach(SimulatedSocket::cut);
  }

  /// Closes all sockets as an idle one is closed.
  public void closeIdleSockets() {
    sockets.forEach(s -> s.close(1000, "connection idle timeout"));
  }

  @Override
  public void close() {
    makers.shutdown();
    try {
      var _ = makers.awaitTermination(2, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    server.close();
    synthesizer.close();
  }

  private CompletionStage<Answer> answer(Request request) {
    String requestId = UUID.randomUUID().toString();
    ApiVersion version = null;
    Answer answer;
    try {
      if (!request.path().equals("/tts/websocket")) {
        throw new Refusal(404, null, "Not found", "There is no " + request.path() + " here.");
      }
      if (handshakes.incrementAndGet() <= MAX_HANDSHAKES) {
        handshakesSeen.add(request);
      }
      version = version(request);
      authorize(request);
      int forced = faults.refusal();
      if (forced != 0) {
        throw forced == 429
            ? Refusal.limited("Too many connections.")
            : new Refusal(forced, null, "Refused", "The handshake was refused.");
      }
      if (sockets.size() >= SOCKETS_PER_CONTEXT * rules.concurrency) {
        throw Refusal.limited("Too many connections.");
      }
      if (!request.isUpgrade()) {
        throw Refusal.invalid("this is no WebSocket handshake");
      }
      answer = accept(requestId, version);
    } catch (Refusal e) {
      refused(e);
      answer =
          new Answer.Whole(
              e.status(),
              Map.of("content-type", "application/json", "x-request-id", requestId),
              e.body(version, requestId));
    }
    return CompletableFuture.completedFuture(answer);
  }

  private Answer accept(String requestId, ApiVersion version) {
    return new Answer.Upgrade(
        Map.of("x-request-id", requestId),
        "",
        peer -> {
          SimulatedSocket socket = new SimulatedSocket(peer, version, this);
          sockets.add(socket);
          tell("connected", "");
          return socket;
        });
  }

  private static ApiVersion version(Request request) throws Refusal {
    Optional<String> version =
        request.query("cartesia_version").or(() -> request.header("cartesia-version"));
    if (version.isEmpty()) {
      throw new Refusal(401, null, "Unauthorized", "Cartesia-Version is missing.");
    }
    return ApiVersion.of(version.get());
  }

  /// The query wins over headers.
  private static void authorize(Request request) throws Refusal {
    String key =
        request
            .query("api_key")
            .or(() -> request.query("access_token"))
            .or(() -> request.header("x-api-key"))
            .or(() -> request.header("authorization").map(a -> a.replaceFirst("^Bearer ", "")))
            .orElse("");
    if (!key.equals(KEY)) {
      throw new Refusal(
          401,
          null,
          "Unauthorized",
          key.isEmpty() ? "The API key is missing." : "The API key is not valid.");
    }
  }

  // What sockets do.

  /// @param speed of the voice, 1 for its own
  /// @param failed run if the text can not be spoken
  void make(String text, float speed, Encoding encoding, Made made, Runnable failed) {
    makers.execute(() -> {
      Utterance speech;
      byte[] audio;
      try {
        speech = synthesizer.speak(text, speed);
        audio = encoding == Encoding.PCM_MULAW ? speech.mulaw() : synthesizer.pcm(text, speed);
      } catch (RuntimeException e) {
        LOG.log(System.Logger.Level.WARNING, "a text can not be spoken", e);
        failed.run();
        return;
      }
      made.made(audio, speech.words());
    });
  }

  void came(JsonNode request) {
    synchronized (requests) {
      requests.add(request);
      if (requests.size() > MAX_REQUESTS) {
        requests.remove();
      }
    }
  }

  SpokenLog.Entry log(String context) {
    return spoken.begin(context);
  }

  boolean takeContext() {
    int open = contexts.incrementAndGet();
    if (open > rules.concurrency) {
      contexts.decrementAndGet();
      return false;
    }
    mostContexts.accumulateAndGet(open, Math::max);
    return true;
  }

  void releaseContext() {
    contexts.decrementAndGet();
  }

  void refused(Refusal refusal) {
    refusals.add(String.valueOf(refusal.getMessage()));
    if (refusals.size() > MAX_REFUSALS) {
      refusals.removeFirst();
    }
    tell("refused", String.valueOf(refusal.getMessage()));
  }

  void gone(SimulatedSocket socket, int code) {
    sockets.remove(socket);
    tell("closed", String.valueOf(code));
  }

  void tell(String kind, String detail) {
    events.tell("cartesia", kind, detail);
  }
}
