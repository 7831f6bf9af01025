package voiceagent.sim.twilio;

import io.netty.channel.EventLoop;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/// Runs a call's TwiML, verb by verb. On the call's event loop.
final class TwimlRun {
  /// Full: a document that redirects for ever ends the call.
  private static final int MAX_DOCUMENTS = 100;

  private static final Duration SAY_PER_CHARACTER = Duration.ofMillis(60);

  private final PhoneCall call;
  private final PhoneCall.Setup setup;
  private final TwilioLines lines;
  private final EventLoop loop;
  private final Deque<Verb> verbs = new ArrayDeque<>();
  private URI base;
  private boolean first;
  private int documents;

  /// What is awaited counts only while this stands.
  private int step;

  TwimlRun(PhoneCall call, PhoneCall.Setup setup, TwilioLines lines, EventLoop loop) {
    this.call = call;
    this.setup = setup;
    this.lines = lines;
    this.loop = loop;
    base = setup.hosts().publicBase();
  }

  void begin() {
    move(setup.twiml(), setup.method(), setup.url());
  }

  /// Goes on with other TwiML.
  void move(Optional<String> twiml, String method, Optional<URI> url) {
    step++;
    verbs.clear();
    if (url.isPresent()) {
      fetch(method, url.get(), Map.of());
    } else {
      document(twiml.orElse("<Response/>"), base);
    }
  }

  /// Nothing more runs.
  void abandon() {
    step++;
    verbs.clear();
  }

  /// The stream of `<Connect>` is over by itself.
  void streamEnded() {
    next();
  }

  private void fetch(String method, URI url, Map<String, String> more) {
    if (++documents > MAX_DOCUMENTS) {
      fail(new TwilioError(TwilioError.FETCH_FAILED, MAX_DOCUMENTS + " documents in one call"));
      return;
    }
    int mine = ++step;
    Map<String, String> form = new TreeMap<>(call.form());
    form.putAll(more);
    var _ =
        lines
            .webhooks()
            .ask(setup.hosts(), method, url, form)
            .thenAcceptAsync(
                reply -> {
                  if (mine == step) {
                    fetched(url, reply);
                  }
                },
                loop);
  }

  private void fetched(URI url, Webhooks.Reply reply) {
    switch (reply) {
      case Webhooks.Reply.Document(String text) -> document(text, url);
      case Webhooks.Reply.Failed(TwilioError error) -> failed(url, error);
    }
  }

  /// The fallback is asked, unless it is what failed.
  private void failed(URI url, TwilioError error) {
    Optional<URI> fallback = setup.fallback().filter(f -> !f.equals(url));
    if (fallback.isEmpty()) {
      fail(error);
      return;
    }
    call.error(error);
    fetch(
        "POST",
        fallback.get(),
        Map.of("ErrorCode", String.valueOf(error.code()), "ErrorUrl", url.toString()));
  }

  private void fail(TwilioError error) {
    call.error(error);
    call.end(CallStatus.FAILED, "no TwiML: " + error.code() + ", " + error.detail());
  }

  private void document(String text, URI url) {
    try {
      Twiml twiml = Twiml.parse(text);
      twiml.warnings().forEach(call::error);
      verbs.clear();
      verbs.addAll(twiml.verbs());
      base = url;
      first = true;
      next();
    } catch (Twiml.TwimlException e) {
      failed(url, new TwilioError(TwilioError.PARSE_FAILED, String.valueOf(e.getMessage())));
    }
  }

  private void next() {
    step++;
    if (verbs.isEmpty()) {
      call.answer();
      call.end(CallStatus.COMPLETED, "the TwiML came to its end");
      return;
    }
    boolean opening = first;
    first = false;
    switch (verbs.remove()) {
      case Verb.Connect connect -> {
        call.answer();
        connect(connect);
      }
      case Verb.Redirect(String method, String url) -> redirect(method, url);
      case Verb.Hangup() -> {
        call.answer();
        lines.tell("hang-up", "the TwiML");
        call.end(CallStatus.COMPLETED, "<Hangup>");
      }
      case Verb.Reject(boolean busy) -> reject(busy, opening);
      case Verb.Say(String text) -> {
        call.answer();
        call.log().said(text);
        after(SAY_PER_CHARACTER.multipliedBy(text.length()), this::next);
      }
      case Verb.Pause(Duration length) -> {
        if (!opening) {
          call.answer();
        }
        after(length, this::next);
      }
      case Verb.Dial dial -> {
        call.answer();
        dial(dial);
      }
    }
  }

  private void reject(boolean busy, boolean opening) {
    if (!opening || call.status() != CallStatus.RINGING) {
      call.error(
          new TwilioError(
              TwilioError.NOT_TWIML, "<Reject> of a call that is answered, expected it first"));
      call.end(CallStatus.COMPLETED, "<Reject>");
    } else {
      call.end(busy ? CallStatus.BUSY : CallStatus.NO_ANSWER, "<Reject>");
    }
  }

  private void redirect(String method, String url) {
    Optional<URI> target = resolved(url);
    if (target.isEmpty()) {
      fail(new TwilioError(TwilioError.FETCH_FAILED, "<Redirect> to " + url + ", expected a URL"));
    } else {
      fetch(method, target.get(), Map.of());
    }
  }

  private void connect(Verb.Connect connect) {
    Optional<URI> url = resolved(connect.url()).filter(u -> u.getHost() != null);
    if (connect.url().isEmpty() || url.isEmpty()) {
      refuse(TwilioError.STREAM_URL, connect.url());
      return;
    }
    boolean relative = !connect.url().contains("://");
    String scheme = relative ? url.get().getScheme().replace("http", "ws") : url.get().getScheme();
    if (!scheme.equals("wss") && !(scheme.equals("ws") && setup.plainStreams())) {
      refuse(TwilioError.STREAM_SCHEME, connect.url());
      return;
    }
    call.connect(
        withoutQuery(scheme, url.get()),
        connect.parameters(),
        connect.name(),
        connect.statusCallback().flatMap(this::resolved));
  }

  private void refuse(int code, String url) {
    call.error(
        new TwilioError(
            code, "url of <Stream> is \"" + url + "\", expected one that begins with wss://"));
    next();
  }

  private static URI withoutQuery(String scheme, URI url) {
    return URI.create(scheme + "://" + url.getRawAuthority() + url.getRawPath());
  }

  private void dial(Verb.Dial dial) {
    call.log().transferred(dial.destination());
    lines.tell("transferred", "");
    CallStatus answer = lines.outbound().answer();
    boolean answered = !answer.over();
    Duration duration = answered ? lines.outbound().talking() : lines.outbound().ringing();
    after(
        duration,
        () -> {
          Optional<URI> action = dial.action().flatMap(this::resolved);
          if (action.isEmpty()) {
            next();
            return;
          }
          fetch(
              dial.method(),
              action.get(),
              Map.of(
                  "DialCallStatus",
                  answered ? "completed" : answer.wire(),
                  "DialCallSid",
                  Sid.of("CA"),
                  "DialCallDuration",
                  String.valueOf(answered ? duration.toSeconds() : 0),
                  "DialBridged",
                  String.valueOf(answered)));
        });
  }

  private Optional<URI> resolved(String url) {
    try {
      return Optional.of(base.resolve(new URI(url)));
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }

  private void after(Duration delay, Runnable task) {
    int mine = step;
    var _ =
        loop.schedule(
            () -> {
              if (mine == step) {
                task.run();
              }
            },
            delay.toNanos(),
            TimeUnit.NANOSECONDS);
  }
}
