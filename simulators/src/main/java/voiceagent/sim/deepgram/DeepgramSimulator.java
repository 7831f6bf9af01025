package voiceagent.sim.deepgram;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import voiceagent.kit.dictation.Dictation;
import voiceagent.sim.event.SimulatorEvents;
import voiceagent.sim.server.Answer;
import voiceagent.sim.server.Peer;
import voiceagent.sim.server.PeerListener;
import voiceagent.sim.server.Request;
import voiceagent.sim.server.SimulatorServer;
import voiceagent.sim.speech.AudioIndex;
import voiceagent.sim.speech.Recordings;

/// Deepgram's streaming speech recognition over its true protocol: `/v1/listen`, and Flux at
/// `/v2/listen`.
///
/// What it understands is a function of the bytes that reach it: known speech word for word, other
/// speech as well as Vosk can, nothing in silence and noise. When it says something follows from
/// the position in the audio, so audio may be sent faster than real time. Text is lower case
/// without punctuation, whatever formatting is asked for.
///
/// Tells of: "connected", "refused" (status), "keep-alive", "close-stream", "configure" (the
/// message), "closed" (code); of `/v1/listen` "speech-started", "interim", "final", "speech-final"
/// (each with its transcript), "utterance-end"; of Flux "start-of-turn", "update",
/// "eager-end-of-turn", "turn-resumed", "end-of-turn" (each with the turn's transcript).
public final class DeepgramSimulator implements AutoCloseable {
  /// The key that it takes.
  public static final String KEY = "simulated-deepgram-key";

  static final String NAME = "deepgram";

  private final SimulatorEvents events;
  private final AudioIndex known;
  private final Dictation dictation =
      new Dictation(Dictation.shippedModel(DeepgramSimulator.class));
  private final ListenFaults faults = new ListenFaults();
  private final Set<SimulatedStream> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger attempts = new AtomicInteger();
  private final SimulatorServer server;

  private volatile Duration handshakeDelay = Duration.ZERO;
  private volatile Duration silenceLimit = Duration.ofSeconds(10);
  private volatile Duration fluxSilenceLimit = Duration.ofSeconds(20);
  private volatile int mostStreams = Integer.MAX_VALUE;
  private volatile boolean rejectKeys;
  private volatile List<String> lastQuery = List.of();

  /// Knows the shipped recordings.
  ///
  /// @param port 0 takes a free one
  public DeepgramSimulator(int port, SimulatorEvents events) {
    this(port, events, AudioIndex.of(Recordings.load().all()));
  }

  /// @param known the speech it understands word for word; may be added to at any time
  public DeepgramSimulator(int port, SimulatorEvents events, AudioIndex known) {
    this.events = events;
    this.known = known;
    server = new SimulatorServer("SIM_DEEPGRAM_PORT", port, this::answer);
  }

  public int port() {
    return server.port();
  }

  /// For `DEEPGRAM_URL`.
  public String url() {
    return "ws://127.0.0.1:" + port();
  }

  /// The speech it understands word for word.
  public AudioIndex known() {
    return known;
  }

  /// Handshakes so far, refused ones too.
  public int attempts() {
    return attempts.get();
  }

  /// Connections open now.
  public int connections() {
    return open.size();
  }

  /// The parameters of the last handshake, decoded, each as `name=value`.
  public List<String> lastQuery() {
    return lastQuery;
  }

  /// How many bytes the messages of audio had so far, each size with the number of its messages.
  public SortedMap<Integer, Long> messageSizes() {
    SortedMap<Integer, Long> sizes = new TreeMap<>();
    faults.sizes.forEach((size, count) -> sizes.put(size, count.sum()));
    return sizes;
  }

  // --- Faults. Each holds until it is changed, or for as often as it says. ---

  /// Refuses the next handshakes with an HTTP status: 429 as TOO_MANY_REQUESTS, 402, 500, …
  public void refuseNext(int handshakes, int status) {
    faults.refusalStatus = status;
    faults.refusals.set(handshakes);
  }

  /// Refuses every key with 401, as if it had been revoked.
  public void rejectKeys(boolean on) {
    rejectKeys = on;
  }

  /// Answers handshakes later.
  public void delayHandshakes(Duration delay) {
    handshakeDelay = delay;
  }

  /// Streams at once; more are refused with 429.
  public void limitStreams(int most) {
    mostStreams = most;
  }

  /// The connections open now stay open and say nothing more.
  public void mute() {
    open.forEach(SimulatedStream::mute);
  }

  /// The next connections are accepted and never say anything.
  public void muteNext(int connections) {
    faults.muted.set(connections);
  }

  /// The next connections are accepted and closed at once.
  public void closeNext(int connections, int code) {
    faults.closeCode = code;
    faults.closed.set(connections);
  }

  /// Cuts the connections open now, without a close frame.
  public void cut() {
    open.forEach(c -> c.peer().abort());
  }

  /// Cuts a connection, once, as soon as it has heard so much audio.
  public void cutAfter(Duration audio) {
    faults.cutAt.set(audio.toMillis() * 8);
  }

  /// Cuts the next connections, the first once it has heard so much audio as the first of these,
  /// and so on.
  public void cutNext(List<Duration> audio) {
    faults.cut(audio.stream().map(d -> d.toMillis() * 8).toList());
  }

  /// Ends its own side of the connections open now, without a close frame, and goes on reading.
  public void halfClose() {
    open.forEach(c -> c.peer().halfClose());
  }

  /// Says everything so much later than it should, in order.
  public void delayAnswers(Duration delay) {
    faults.answerDelay = delay;
  }

  /// Closes the connections open now.
  public void close(int code, String reason) {
    open.forEach(c -> c.peer().close(code, reason));
  }

  /// Stops reading what the clients of now send.
  public void stopReading() {
    open.forEach(c -> c.peer().reading(false));
  }

  /// Never says `speech_final`, as noise on the line makes it.
  public void withholdSpeechFinal(boolean on) {
    faults.withholdSpeechFinal = on;
  }

  /// Each final begins with the last word of the one before, unless a pause lies between them.
  public void overlapFinals(boolean on) {
    faults.overlapFinals = on;
  }

  /// Whether Finalize is answered where there are no words; Deepgram does either.
  public void answerEmptyFinalize(boolean on) {
    faults.answerEmptyFinalize = on;
  }

  /// Says UtteranceEnd now, too early or twice, on all connections.
  public void sayUtteranceEnd() {
    open.forEach(SimulatedStream::sayUtteranceEnd);
  }

  /// Flux says nothing more after the starts of the next turns, though audio flows.
  public void stallTurns(int turns) {
    faults.stalls.set(turns);
  }

  /// Whether Flux knows no ForceEndTurn, as deployments without it do.
  public void lackForceEndTurn(boolean on) {
    faults.lacksForceEndTurn = on;
  }

  /// Whether Flux leaves Configure without an answer; a second one then ends the connection.
  public void ignoreConfigure(boolean on) {
    faults.ignoresConfigure = on;
  }

  /// How long a client may send nothing before the connection ends with 1011 NET-0001; 10 s is
  /// Deepgram's on `/v1/listen`, 20 s on `/v2/listen`. For connections of both from now on.
  public void silenceLimit(Duration limit) {
    silenceLimit = limit;
    fluxSilenceLimit = limit;
  }

  private CompletionStage<Answer> answer(Request request) {
    attempts.incrementAndGet();
    lastQuery =
        request.query().entrySet().stream()
            .flatMap(p -> p.getValue().stream().map(value -> p.getKey() + "=" + value))
            .toList();
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    Duration delay = handshakeDelay;
    if (delay.isZero()) {
      answer.complete(decide(request));
      return answer;
    }
    return answer
        .completeOnTimeout(new Answer.Hangup(), delay.toMillis(), TimeUnit.MILLISECONDS)
        .thenApply(_ -> decide(request));
  }

  private Answer decide(Request request) {
    String requestId = UUID.randomUUID().toString();
    boolean flux = request.path().equals("/v2/listen");
    if (!flux && !request.path().equals("/v1/listen")) {
      return refusal(404, "NOT_FOUND", "No such endpoint: " + request.path(), requestId);
    }
    if (!request.isUpgrade()) {
      return refusal(400, "Bad Request", "This simulator knows the WebSocket only.", requestId);
    }
    if (ListenFaults.take(faults.refusals)) {
      int status = faults.refusalStatus;
      return refusal(status, code(status), "Refused on demand.", requestId);
    }
    if (rejectKeys || !Credentials.of(request).equals(KEY)) {
      return refusal(401, "INVALID_AUTH", "Invalid credentials.", requestId);
    }
    if (open.size() >= mostStreams) {
      return refusal(
          429, "TOO_MANY_REQUESTS", "Too many requests. Please try again later.", requestId);
    }
    try {
      return new Answer.Upgrade(
          Map.of("dg-request-id", requestId),
          Credentials.subprotocol(request),
          flux ? flux(request, requestId) : listen(request, requestId));
    } catch (ListenParameters.Refused e) {
      return refusal(400, "INVALID_QUERY_PARAMETER", String.valueOf(e.getMessage()), requestId);
    }
  }

  private Function<Peer, PeerListener> listen(Request request, String requestId)
      throws ListenParameters.Refused {
    ListenParameters parameters = ListenParameters.of(request);
    return peer ->
        accepted(
            new ListenConnection(
                peer,
                parameters,
                requestId,
                faults,
                events,
                known,
                dictation,
                silenceLimit,
                open::remove));
  }

  private Function<Peer, PeerListener> flux(Request request, String requestId)
      throws ListenParameters.Refused {
    FluxParameters parameters = FluxParameters.of(request);
    return peer ->
        accepted(
            new FluxConnection(
                peer,
                parameters,
                requestId,
                faults,
                events,
                known,
                dictation,
                fluxSilenceLimit,
                open::remove));
  }

  private SimulatedStream accepted(SimulatedStream stream) {
    open.add(stream);
    events.tell(NAME, "connected", stream.requestId());
    if (ListenFaults.take(faults.closed)) {
      stream.peer().close(faults.closeCode, "closed on demand");
    }
    return stream;
  }

  private Answer refusal(int status, String code, String message, String requestId) {
    events.tell(NAME, "refused", String.valueOf(status));
    return new Answer.Whole(
        status,
        Map.of("content-type", "application/json", "dg-request-id", requestId, "dg-error", message),
        ListenJson.error(code, message, requestId));
  }

  private static String code(int status) {
    return switch (status) {
      case 401 -> "INVALID_AUTH";
      case 402 -> "ASR_PAYMENT_REQUIRED";
      case 403 -> "INSUFFICIENT_PERMISSIONS";
      case 429 -> "TOO_MANY_REQUESTS";
      default -> "INTERNAL_SERVER_ERROR";
    };
  }

  /// Cuts all connections.
  @Override
  public void close() {
    server.close();
    dictation.close();
  }
}
