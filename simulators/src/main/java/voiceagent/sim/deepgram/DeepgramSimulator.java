package voiceagent.sim.deepgram;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import voiceagent.sim.event.SimulatorEvents;
import voiceagent.sim.server.Answer;
import voiceagent.sim.server.Peer;
import voiceagent.sim.server.Request;
import voiceagent.sim.server.SimulatorServer;
import voiceagent.sim.speech.AudioIndex;
import voiceagent.sim.speech.Dictation;
import voiceagent.sim.speech.Recordings;

/// Deepgram's streaming speech recognition over its true protocol: `/v1/listen`.
///
/// What it understands is a function of the bytes that reach it: known speech word for word, other
/// speech as well as Vosk can, nothing in silence and noise. When it says something follows from
/// the position in the audio, so audio may be sent faster than real time. Text is lower case
/// without punctuation, whatever formatting is asked for.
///
/// Tells of: "connected", "refused" (status), "speech-started", "interim", "final", "speech-final"
/// (each with its transcript), "utterance-end", "closed" (code).
public final class DeepgramSimulator implements AutoCloseable {
  /// The key that it takes.
  public static final String KEY = "simulated-deepgram-key";

  static final String NAME = "deepgram";

  private final SimulatorEvents events;
  private final AudioIndex known;
  private final Dictation dictation = new Dictation(Dictation.shippedModel());
  private final ListenFaults faults = new ListenFaults();
  private final Set<ListenConnection> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger attempts = new AtomicInteger();
  private final SimulatorServer server;

  private volatile Duration handshakeDelay = Duration.ZERO;
  private volatile Duration silenceLimit = Duration.ofSeconds(10);
  private volatile int mostStreams = Integer.MAX_VALUE;
  private volatile boolean rejectKeys;

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
    open.forEach(ListenConnection::mute);
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
    open.forEach(ListenConnection::sayUtteranceEnd);
  }

  /// How long a client may send nothing before the connection ends with 1011 NET-0001; 10 s is
  /// Deepgram's. For connections from now on.
  public void silenceLimit(Duration limit) {
    silenceLimit = limit;
  }

  private CompletionStage<Answer> answer(Request request) {
    attempts.incrementAndGet();
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
    if (!request.path().equals("/v1/listen")) {
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
      ListenParameters parameters = ListenParameters.of(request);
      return new Answer.Upgrade(
          Map.of("dg-request-id", requestId),
          Credentials.subprotocol(request),
          peer -> accept(peer, parameters, requestId));
    } catch (ListenParameters.Refused e) {
      return refusal(400, "INVALID_QUERY_PARAMETER", String.valueOf(e.getMessage()), requestId);
    }
  }

  private ListenConnection accept(Peer peer, ListenParameters parameters, String requestId) {
    ListenConnection connection =
        new ListenConnection(
            peer,
            parameters,
            requestId,
            faults,
            events,
            known,
            dictation,
            silenceLimit,
            open::remove);
    open.add(connection);
    events.tell(NAME, "connected", requestId);
    if (ListenFaults.take(faults.closed)) {
      peer.close(faults.closeCode, "closed on demand");
    }
    return connection;
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
