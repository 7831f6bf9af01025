package voiceagent.sim.twilio;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import voiceagent.sim.server.Answer;
import voiceagent.sim.server.Request;

/// Twilio's REST API, as far as calls need it: the account; calls, to create, list, read, update;
/// their recordings. Source: twilio-oai, `twilio_api_v2010`.
final class TwilioRest {
  private static final String ACCOUNT = "/2010-04-01/Accounts/" + TwilioSimulator.ACCOUNT_SID;
  private static final Pattern PATH =
      Pattern.compile(ACCOUNT + "(?:/Calls(?:/([^/]+)(?:/Recordings(?:/([^/]+))?)?)?)?\\.json");
  private static final int MAX_TWIML = 4000;
  private static final Set<String> CALLBACK_EVENTS =
      Set.of("initiated", "ringing", "answered", "completed");
  private static final Set<String> DETECTIONS = Set.of("Enable", "DetectMessageEnd");
  private static final Set<String> RECORDING_EVENTS = Set.of("in-progress", "completed", "absent");
  private static final Set<String> RECORDING_STATES = Set.of("in-progress", "paused", "stopped");
  private static final String AUTHORIZATION =
      "Basic "
          + Base64.getEncoder()
              .encodeToString(
                  (TwilioSimulator.ACCOUNT_SID + ":" + TwilioSimulator.AUTH_TOKEN)
                      .getBytes(StandardCharsets.UTF_8));
  private static final ObjectMapper JSON = new ObjectMapper();

  private final TwilioSimulator twilio;
  private final RestRecordings recordings;
  private final AtomicInteger limited = new AtomicInteger();
  private final AtomicInteger refused = new AtomicInteger();

  TwilioRest(TwilioSimulator twilio) {
    this.twilio = twilio;
    recordings = new RestRecordings(twilio);
  }

  void limit(int requests) {
    limited.set(requests);
  }

  void refuse(int updates) {
    refused.set(updates);
  }

  List<RestRecording> recordings(String callSid) {
    return recordings.of(callSid);
  }

  /// A call is over.
  void ended(String callSid) {
    recordings.ended(callSid);
  }

  /// On an event loop; does not block.
  CompletionStage<Answer> answer(Request request) {
    if (!request.header("authorization").filter(AUTHORIZATION::equals).isPresent()) {
      return now(error(401, 20003, "Authenticate"));
    }
    Matcher path = PATH.matcher(request.path());
    if (!path.matches()) {
      return now(notFound(request));
    }
    if (take(limited)) {
      return now(error(429, 20429, "Too Many Requests"));
    }
    boolean reads = request.method().equals("GET");
    if (!reads && !request.method().equals("POST")) {
      return now(error(405, 20004, "Method not allowed"));
    }
    String call = path.group(1);
    if (request.path().contains("/Recordings")) {
      return now(recording(request, reads, call, Optional.ofNullable(path.group(2))));
    }
    if (call != null) {
      return reads
          ? now(twilio.snapshot(call).map(c -> ok(c.json())).orElse(notFound(request)))
          : update(request, call);
    }
    if (!request.path().contains("/Calls")) {
      return now(reads ? ok(account()) : error(405, 20004, "Method not allowed"));
    }
    return now(reads ? ok(list(request)) : create(request));
  }

  private static ObjectNode account() {
    return JSON.createObjectNode()
        .put("sid", TwilioSimulator.ACCOUNT_SID)
        .put("friendly_name", "simulated")
        .put("status", "active")
        .put("type", "Full")
        .put("uri", ACCOUNT + ".json");
  }

  /// All on one page.
  private ObjectNode list(Request request) {
    ObjectNode page = JSON.createObjectNode();
    ArrayNode calls = page.putArray("calls");
    twilio.snapshots().stream()
        .filter(c -> request.query("Status").filter(s -> !s.equals(c.status().wire())).isEmpty())
        .forEach(c -> calls.add(c.json()));
    return page.put("page", 0)
        .put("page_size", Math.max(50, calls.size()))
        .put("first_page_uri", ACCOUNT + "/Calls.json?Page=0")
        .putNull("next_page_uri")
        .putNull("previous_page_uri")
        .put("uri", request.path());
  }

  private Answer recording(Request request, boolean reads, String call, Optional<String> sid) {
    if (twilio.snapshot(call).isEmpty()) {
      return notFound(request);
    }
    if (sid.isEmpty()) {
      return reads ? ok(recordingsOf(request, call)) : record(request, call);
    }
    Optional<RestRecording> found = recordings.find(call, sid.get());
    if (found.isEmpty()) {
      return notFound(request);
    }
    if (reads) {
      return ok(found.get().json());
    }
    Form form = new Form(request.text());
    String status = form.value("Status").orElse("");
    if (!RECORDING_STATES.contains(status)) {
      return error(400, 20001, "Status is " + status + ", expected one of " + RECORDING_STATES);
    }
    if (found.get().isOver()) {
      return error(400, 21220, "The recording is " + found.get().status());
    }
    return ok(recordings.update(found.get(), status).json());
  }

  private ObjectNode recordingsOf(Request request, String call) {
    ObjectNode page = JSON.createObjectNode();
    ArrayNode all = page.putArray("recordings");
    recordings.of(call).forEach(r -> all.add(r.json()));
    return page.put("page", 0)
        .put("page_size", 50)
        .putNull("next_page_uri")
        .put("uri", request.path());
  }

  private Answer record(Request request, String call) {
    if (twilio.liveCall(call).filter(c -> c.status() == CallStatus.IN_PROGRESS).isEmpty()) {
      return error(400, 21220, "Requested resource is not eligible for recording");
    }
    Form form = new Form(request.text());
    String channels = form.value("RecordingChannels").orElse("mono");
    if (!Set.of("mono", "dual").contains(channels)) {
      return error(400, 20001, "RecordingChannels is " + channels + ", expected mono or dual");
    }
    List<String> events = form.values("RecordingStatusCallbackEvent");
    if (!RECORDING_EVENTS.containsAll(events)) {
      return error(
          400, 20001, "RecordingStatusCallbackEvent is " + events + ", of " + RECORDING_EVENTS);
    }
    RestRecording recording =
        new RestRecording(
            Sid.of("RE"),
            call,
            channels,
            form.value("RecordingTrack").orElse("both"),
            "in-progress",
            form.url("RecordingStatusCallback"),
            events.isEmpty() ? Set.of("completed") : Set.copyOf(events));
    recordings.begin(recording);
    return json(201, recording.json());
  }

  private CompletionStage<Answer> update(Request request, String sid) {
    Form form = new Form(request.text());
    if (twilio.snapshot(sid).isEmpty()) {
      return now(notFound(request));
    }
    Optional<PhoneCall> call = twilio.liveCall(sid);
    if (call.isEmpty() || take(refused)) {
      return now(notInProgress());
    }
    Optional<String> status = form.value("Status");
    Optional<String> twiml = form.value("Twiml");
    Optional<URI> url = form.url("Url");
    CompletableFuture<Boolean> done;
    if (status.isPresent()) {
      if (!Set.of("completed", "canceled").contains(status.get())) {
        return now(
            error(400, 20001, "Status is " + status.get() + ", expected completed or canceled"));
      }
      done =
          call.get()
              .complete(
                  status.get().equals("completed") ? CallStatus.COMPLETED : CallStatus.CANCELED);
    } else if (url.isPresent() || twiml.isPresent()) {
      done = call.get().move(twiml, form.value("Method").orElse("POST"), url);
    } else {
      return now(error(400, 21218, "Invalid update: expected Status, Url or Twiml"));
    }
    return done.thenApply(may ->
        may
            ? twilio.snapshot(sid).map(c -> ok(c.json())).orElse(notFound(request))
            : notInProgress());
  }

  private Answer create(Request request) {
    Form form = new Form(request.text());
    Optional<String> to = form.value("To");
    Optional<String> from = form.value("From");
    Optional<URI> url = form.url("Url");
    Optional<String> twiml = form.value("Twiml");
    if (to.isEmpty()) {
      return error(400, 21201, "No 'To' number is specified");
    }
    if (from.isEmpty()) {
      return error(400, 21213, "'From' phone number is required");
    }
    if (url.isEmpty() && twiml.isEmpty()) {
      return error(400, 21205, "Url parameter is required, or Twiml");
    }
    if (twiml.isPresent() && twiml.get().length() > MAX_TWIML) {
      return error(
          400,
          21218,
          "Twiml has %d characters, expected %d at most"
              .formatted(twiml.get().length(), MAX_TWIML));
    }
    List<String> events = form.values("StatusCallbackEvent");
    if (!CALLBACK_EVENTS.containsAll(events)) {
      return error(
          400, 21626, "StatusCallbackEvent is " + events + ", expected " + CALLBACK_EVENTS);
    }
    String detects = form.value("MachineDetection").orElse("Enable");
    if (!DETECTIONS.contains(detects)) {
      return error(
          400, 20001, "MachineDetection is " + detects + ", expected one of " + DETECTIONS);
    }
    if (isAsynchronous(form) && form.url("AsyncAmdStatusCallback").isEmpty()) {
      return error(400, 21262, "AsyncAmdStatusCallback is missing, AsyncAmd needs it");
    }
    PhoneCall.Setup setup =
        new PhoneCall.Setup(
            twilio.outboundHosts(),
            twiml,
            form.value("Method").orElse("POST"),
            url,
            form.url("FallbackUrl"),
            form.url("StatusCallback"),
            events.isEmpty() ? Set.of("completed") : Set.copyOf(events),
            detection(form),
            false);
    CallParties parties =
        new CallParties(Sid.of("CA"), "outbound-api", from.get(), to.get(), Map.of());
    CallSnapshot made = twilio.make(parties, setup);
    CallSnapshot queued = new CallSnapshot(parties, CallStatus.QUEUED, made.created());
    return json(201, queued.json());
  }

  /// Ignored with SendDigits. Source: twilio-oai, `MachineDetection`.
  private static Optional<MachineDetection> detection(Form form) {
    if (form.value("MachineDetection").isEmpty() || form.value("SendDigits").isPresent()) {
      return Optional.empty();
    }
    return Optional.of(
        new MachineDetection(
            isAsynchronous(form) ? form.url("AsyncAmdStatusCallback") : Optional.empty()));
  }

  private static boolean isAsynchronous(Form form) {
    return form.value("AsyncAmd").filter("true"::equals).isPresent();
  }

  private static Answer ok(ObjectNode body) {
    return json(200, body);
  }

  private static Answer json(int status, ObjectNode body) {
    return new Answer.Whole(status, Map.of("content-type", "application/json"), body.toString());
  }

  private static Answer notFound(Request request) {
    return error(404, 20404, "The requested resource " + request.path() + " was not found");
  }

  private static Answer notInProgress() {
    return error(400, 21220, "Call is not in-progress. Cannot redirect.");
  }

  private static Answer error(int status, int code, String message) {
    return json(
        status,
        JSON.createObjectNode()
            .put("code", code)
            .put("message", message)
            .put("more_info", "https://www.twilio.com/docs/errors/" + code)
            .put("status", status));
  }

  private static CompletionStage<Answer> now(Answer answer) {
    return CompletableFuture.completedFuture(answer);
  }

  private static boolean take(AtomicInteger left) {
    return left.getAndUpdate(n -> Math.max(0, n - 1)) > 0;
  }

  /// A form-encoded body.
  private static final class Form {
    private final Map<String, List<String>> fields;

    Form(String body) {
      fields = new TreeMap<>(new QueryStringDecoder(body, false).parameters());
    }

    List<String> values(String name) {
      return fields.getOrDefault(name, List.of());
    }

    Optional<String> value(String name) {
      return values(name).stream().findFirst().filter(v -> !v.isEmpty());
    }

    /// @throws IllegalArgumentException never: what is no absolute URL counts as none
    Optional<URI> url(String name) {
      return value(name).filter(v -> v.matches("https?://[^\\s/]+.*")).map(URI::create);
    }
  }
}
