package voiceagent.sim.twilio;

import com.fasterxml.jackson.databind.ObjectMapper;
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

/// Twilio's REST API, as far as calls need it: create, read, update. Source: twilio-oai,
/// `twilio_api_v2010`.
final class TwilioRest {
  private static final Pattern PATH =
      Pattern.compile("/2010-04-01/Accounts/([^/]+)/Calls(?:/([^/]+))?\\.json");
  private static final int MAX_TWIML = 4000;
  private static final Set<String> CALLBACK_EVENTS =
      Set.of("initiated", "ringing", "answered", "completed");
  private static final String AUTHORIZATION =
      "Basic "
          + Base64.getEncoder()
              .encodeToString(
                  (TwilioSimulator.ACCOUNT_SID + ":" + TwilioSimulator.AUTH_TOKEN)
                      .getBytes(StandardCharsets.UTF_8));
  private static final ObjectMapper JSON = new ObjectMapper();

  private final TwilioSimulator twilio;
  private final AtomicInteger limited = new AtomicInteger();
  private final AtomicInteger refused = new AtomicInteger();

  TwilioRest(TwilioSimulator twilio) {
    this.twilio = twilio;
  }

  void limit(int requests) {
    limited.set(requests);
  }

  void refuse(int updates) {
    refused.set(updates);
  }

  /// On an event loop; does not block.
  CompletionStage<Answer> answer(Request request) {
    Matcher path = PATH.matcher(request.path());
    if (!request.header("authorization").filter(AUTHORIZATION::equals).isPresent()) {
      return now(error(401, 20003, "Authenticate"));
    }
    if (!path.matches() || !path.group(1).equals(TwilioSimulator.ACCOUNT_SID)) {
      return now(notFound(request));
    }
    if (take(limited)) {
      return now(error(429, 20429, "Too Many Requests"));
    }
    Optional<String> sid = Optional.ofNullable(path.group(2));
    return switch (request.method()) {
      case "GET" -> now(sid.flatMap(twilio::snapshot).map(this::ok).orElse(notFound(request)));
      case "POST" -> sid.isEmpty() ? now(create(request)) : update(request, sid.get());
      default -> now(error(405, 20004, "Method not allowed"));
    };
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
        may ? twilio.snapshot(sid).map(this::ok).orElse(notFound(request)) : notInProgress());
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
    PhoneCall.Setup setup =
        new PhoneCall.Setup(
            twilio.outboundHosts(),
            twiml,
            form.value("Method").orElse("POST"),
            url,
            form.url("FallbackUrl"),
            form.url("StatusCallback"),
            events.isEmpty() ? Set.of("completed") : Set.copyOf(events),
            false);
    CallParties parties =
        new CallParties(Sid.of("CA"), "outbound-api", from.get(), to.get(), Map.of());
    CallSnapshot made = twilio.make(parties, setup);
    CallSnapshot queued = new CallSnapshot(parties, CallStatus.QUEUED, made.created());
    return new Answer.Whole(201, Map.of("content-type", "application/json"), queued.json());
  }

  private Answer ok(CallSnapshot call) {
    return new Answer.Whole(200, Map.of("content-type", "application/json"), call.json());
  }

  private static Answer notFound(Request request) {
    return error(404, 20404, "The requested resource " + request.path() + " was not found");
  }

  private static Answer notInProgress() {
    return error(400, 21220, "Call is not in-progress. Cannot redirect.");
  }

  private static Answer error(int status, int code, String message) {
    String body =
        JSON.createObjectNode()
            .put("code", code)
            .put("message", message)
            .put("more_info", "https://www.twilio.com/docs/errors/" + code)
            .put("status", status)
            .toString();
    return new Answer.Whole(status, Map.of("content-type", "application/json"), body);
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
