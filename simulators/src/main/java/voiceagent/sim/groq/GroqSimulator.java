package voiceagent.sim.groq;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import voiceagent.sim.event.SimulatorEvents;
import voiceagent.sim.server.Answer;
import voiceagent.sim.server.Request;
import voiceagent.sim.server.SimulatorServer;

/// Groq as its clients see it: chat completions, streamed or not, and the list of models.
///
/// It refuses what Groq refuses, in Groq's words. It answers what [#replies] says, else as the
/// persona of [DemoPersona]. Each fault that is set applies to one request, in the order set; what
/// is switched stays. Any thread may set.
///
/// Tells `request` (the user's last message), `first-token`, `done` (the text), `cancelled` (the
/// client closed the connection within the stream) and `refused` (status and message).
public final class GroqSimulator implements AutoCloseable {
  /// The only key it accepts.
  public static final String KEY = "simulated-groq-key";

  private static final String NAME = "groq";
  private static final String BASE = "/openai/v1";
  private static final int MAX_KEPT = 1000;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final SimulatorEvents events;
  private final SimulatorServer server;
  private final GroqModels models = new GroqModels();
  private final AtomicLong ids = new AtomicLong();
  private final Deque<ModelReply> scripted = new ArrayDeque<>();
  private final Deque<Fault> faults = new ArrayDeque<>();
  private final Deque<ChatRequest> requests = new ArrayDeque<>();
  private Function<ChatRequest, ModelReply> script = new DemoPersona();
  private StreamManner manner = StreamManner.PRESET;
  private TokenMeter meter = new TokenMeter(500_000, 5_000_000);
  private long retryAfterSeconds = 2;

  private GroqSimulator(int port, SimulatorEvents events) {
    this.events = events;
    server = new SimulatorServer("SIM_GROQ_PORT", port, this::route);
  }

  /// Opens the port.
  ///
  /// @param port 0 takes a free one
  /// @throws java.io.UncheckedIOException if the port is taken
  public static GroqSimulator start(int port, SimulatorEvents events) {
    return new GroqSimulator(port, events);
  }

  /// The port that was opened.
  public int port() {
    return server.port();
  }

  /// What `GROQ_BASE_URL` has to be.
  public String url() {
    return "http://127.0.0.1:" + port() + BASE;
  }

  /// The next requests are answered with these texts, one each; then the script goes on.
  public synchronized void replies(String... texts) {
    for (String text : texts) {
      scripted.add(new ModelReply.Text(text));
    }
  }

  /// The next request is answered with a call of a tool.
  ///
  /// @param arguments JSON
  public synchronized void callsTool(String name, String arguments) {
    scripted.add(new ModelReply.ToolCall(name, arguments));
  }

  /// From now on this makes the answers; on the simulator's event loop, must not block.
  public synchronized void script(Function<ChatRequest, ModelReply> answers) {
    script = answers;
  }

  /// How fast a model writes; preset: first token after 120 ms, then one each 15 ms.
  public synchronized void pace(Duration firstToken, Duration betweenTokens) {
    manner = manner.withPace(firstToken, betweenTokens);
  }

  /// From now on streams are cut into pieces at random places, within a character too.
  public synchronized void splitBytes(long seed) {
    manner = manner.withSeed(seed);
  }

  /// Whether a tool's arguments come in several chunks; preset: in one.
  public synchronized void splitToolArguments(boolean on) {
    manner = manner.withSplitArguments(on);
  }

  /// Whether comments come between the events of a stream.
  public synchronized void comments(boolean on) {
    manner = manner.withComments(on);
  }

  /// The model thinks aloud before each answer, where the request does not hide that.
  ///
  /// @param text empty: no more
  public synchronized void reasoning(String text) {
    manner = manner.withReasoning(text);
  }

  /// The account has lost a model.
  public void retire(String model) {
    models.retire(model);
  }

  /// The account has a model, with a context of so many tokens.
  public void offer(String model, int context) {
    models.offer(model, context);
  }

  /// Limits for each model, counted from now; preset: out of reach.
  public synchronized void limits(int requestsPerDay, int tokensPerMinute) {
    meter = new TokenMeter(requestsPerDay, tokensPerMinute);
  }

  /// What 429 answers that are set by [#failNext] say; preset 2.
  public synchronized void retryAfter(long seconds) {
    retryAfterSeconds = seconds;
  }

  /// The next chat requests are refused.
  ///
  /// @param status 400, 401, 403, 404, 413, 422, 429, 498, 500, 502 or 503
  public synchronized void failNext(int times, int status) {
    for (int i = 0; i < times; i++) {
      faults.add(new Fault.Refusal(status));
    }
  }

  /// The next stream tells an error after so many tokens.
  ///
  /// @param code such as `tool_use_failed`
  public void errorInNextStream(int afterTokens, String code) {
    next(new Fault.ErrorInStream(afterTokens, code, Fault.Form.DATA));
  }

  /// As [#errorInNextStream], behind a line `event: error`.
  public void errorEventInNextStream(int afterTokens, String code) {
    next(new Fault.ErrorInStream(afterTokens, code, Fault.Form.EVENT));
  }

  /// As [#errorInNextStream], as `x_groq.error`.
  public void groqErrorInNextStream(int afterTokens, String code) {
    next(new Fault.ErrorInStream(afterTokens, code, Fault.Form.X_GROQ));
  }

  /// The next stream's connection is cut after so many tokens.
  public void cutNextStream(int afterTokens) {
    next(new Fault.Cut(afterTokens));
  }

  /// The next stream pauses after so many tokens; with 0 its first byte is late.
  public void stallNextStream(int afterTokens, Duration pause) {
    next(new Fault.Stall(afterTokens, pause));
  }

  /// The chat requests that were not refused, oldest first; the last 1000.
  public synchronized List<ChatRequest> requests() {
    return List.copyOf(requests);
  }

  /// The prompt of the last request, a line for each message: `role: content`; empty if there was
  /// none.
  public synchronized String lastPrompt() {
    return requests.isEmpty() ? "" : requests.getLast().prompt();
  }

  /// Cuts all connections.
  @Override
  public void close() {
    server.close();
  }

  private synchronized void next(Fault fault) {
    faults.add(fault);
  }

  private CompletionStage<Answer> route(Request request) {
    return CompletableFuture.completedFuture(answer(request));
  }

  private Answer answer(Request request) {
    String id = "req_%026x".formatted(ids.incrementAndGet());
    if (!request.header("authorization").equals(Optional.of("Bearer " + KEY))) {
      return refused(GroqError.badKey(), "", id);
    }
    String path = request.path();
    if (request.method().equals("POST") && path.equals(BASE + "/chat/completions")) {
      return chat(request, id);
    }
    if (request.method().equals("GET") && path.equals(BASE + "/models")) {
      return whole(200, headers("", id), models.list());
    }
    if (request.method().equals("GET") && path.startsWith(BASE + "/models/")) {
      String model = path.substring((BASE + "/models/").length());
      return models
          .find(model)
          .map(m -> whole(200, headers("", id), GroqModels.json(m).toString()))
          .orElseGet(() -> refused(GroqError.noModel(model), "", id));
    }
    return refused(GroqError.noPath(request.method(), path), "", id);
  }

  private synchronized Answer chat(Request request, String id) {
    JsonNode json;
    try {
      json = JSON.readTree(request.text());
    } catch (JsonProcessingException e) {
      return refused(GroqError.invalid("the body is not valid JSON"), "", id);
    }
    String model = json.path("model").asText();
    Fault fault = faults.poll();
    if (fault instanceof Fault.Refusal(int status)) {
      return refused(GroqError.ofStatus(status, model, retryAfterSeconds), model, id);
    }
    Optional<GroqError> error = refusal(json);
    if (error.isPresent()) {
      return refused(error.get(), model, id);
    }
    ChatRequest chat = ChatRequest.of(json);
    if (requests.size() == MAX_KEPT) {
      requests.removeFirst();
    }
    requests.addLast(chat);
    events.tell(NAME, "request", chat.lastUser());
    ModelReply reply = Optional.ofNullable(scripted.poll()).orElseGet(() -> script.apply(chat));
    Chunks chunks = new Chunks(chat, id);
    if (!chat.stream()) {
      events.tell(NAME, "done", chunks.text(reply));
      return whole(200, headers(model, id), chunks.whole(reply));
    }
    Map<String, String> headers = headers(model, id);
    headers.put("content-type", "text/event-stream");
    headers.put("cache-control", "no-cache");
    StreamManner now = manner;
    return new Answer.Streamed(
        200,
        headers,
        out ->
            new ChunkStream(out, chunks, now, Optional.ofNullable(fault), this::tell).write(reply));
  }

  private Optional<GroqError> refusal(JsonNode json) {
    if (!json.path("model").isTextual()) {
      return Optional.of(GroqError.invalid("'model' : property is missing"));
    }
    String id = json.path("model").asText();
    Optional<GroqModels.Model> model = models.find(id);
    if (model.isEmpty()) {
      return Optional.of(GroqError.noModel(id));
    }
    Optional<GroqError> broken = RequestRules.broken(json, model.get());
    if (broken.isPresent()) {
      return broken;
    }
    int tokens = ChatRequest.of(json).promptTokens();
    if (tokens > model.get().context()) {
      return Optional.of(GroqError.tooLarge(id, model.get().context(), tokens));
    }
    return meter.take(id, tokens, System.nanoTime());
  }

  private void tell(String kind, String detail) {
    events.tell(NAME, kind, detail);
  }

  private Answer refused(GroqError error, String model, String id) {
    tell("refused", error.status() + " " + error.message());
    Map<String, String> headers = headers(model, id);
    if (error.retryAfterSeconds() > 0) {
      headers.put("retry-after", String.valueOf(error.retryAfterSeconds()));
    }
    return whole(error.status(), headers, error.json());
  }

  private synchronized Map<String, String> headers(String model, String id) {
    Map<String, String> headers = new HashMap<>();
    if (!model.isEmpty()) {
      headers.putAll(meter.headers(model, System.nanoTime()));
    }
    headers.put("x-request-id", id);
    headers.put("content-type", "application/json");
    return headers;
  }

  private static Answer whole(int status, Map<String, String> headers, String body) {
    return new Answer.Whole(status, headers, body);
  }
}
