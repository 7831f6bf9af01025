package voiceagent.sim.twilio;

import io.netty.channel.EventLoop;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import voiceagent.kit.grpc.EventLoops;
import voiceagent.kit.time.Timers;
import voiceagent.sim.event.SimulatorEvents;
import voiceagent.sim.server.SimulatorServer;

/// Twilio: places calls, runs the TwiML it is given, keeps the media streams, and answers its REST
/// API. All calls share one event loop and one clock.
///
/// Tells [SimulatorEvents], as "twilio": `dialled`, `answered`, `refused`, `stream-started`,
/// `caller-says` (what), `agent-speaks`, `agent-quiet`, `clear`, `transferred`, `error` (code and
/// what), `hang-up` (who), `stream-ended` (why).
public final class TwilioSimulator implements AutoCloseable {
  public static final String ACCOUNT_SID = "AC00000000000000000000000000000001";
  public static final String AUTH_TOKEN = "simulated-twilio-token";

  private static final int MAX_ENDED = 1000;
  private static final int MAX_OUTBOUND = 1000;

  private final SimulatorEvents events;
  private final EventLoops loops = new EventLoops(1);
  private final FrameClock clock = new FrameClock(loops.current());
  private final Timers timers = Timers.system("twilio");
  private final Webhooks webhooks = new Webhooks();
  private final Map<String, PhoneCall> live = new ConcurrentHashMap<>();
  private final Map<String, CallSnapshot> ended = new LinkedHashMap<>();
  private final BlockingQueue<Caller> made = new ArrayBlockingQueue<>(MAX_OUTBOUND);
  private final TwilioRest rest = new TwilioRest(this);
  private final Lines lines = new Lines();
  private final SimulatorServer server;
  private volatile CalledParties calledParties = CalledParties.willing();
  private volatile Hosts hosts = Hosts.none();
  private volatile boolean repeatsCallbacks;

  private TwilioSimulator(int port, SimulatorEvents events) {
    this.events = events;
    server = new SimulatorServer("SIM_TWILIO_PORT", port, rest::answer);
  }

  /// Opens the port of the REST API.
  ///
  /// @param port 0 takes a free one
  public static TwilioSimulator start(int port, SimulatorEvents events) {
    return new TwilioSimulator(port, events);
  }

  public int port() {
    return server.port();
  }

  /// What `TWILIO_API_URL` is set to.
  public URI url() {
    return URI.create("http://127.0.0.1:" + port());
  }

  /// Places an inbound call; it rings when this returns.
  public Caller dial(CallRequest request) {
    PhoneCall.Setup setup =
        new PhoneCall.Setup(
            request.hosts(),
            Optional.empty(),
            request.method(),
            Optional.of(request.webhook()),
            request.fallback(),
            request.statusCallback(),
            Set.of("completed"),
            Optional.empty(),
            request.plainStreams());
    CallParties parties = request.parties(Sid.of("CA"));
    return begin(parties, setup, new CallRecording(request.recorded()), request.faults());
  }

  /// Waits for the next call that is made through REST; the caller is then its called party.
  ///
  /// @throws CallerException if none comes in time
  public Caller awaitOutboundCall(Duration deadline) {
    try {
      Caller called = made.poll(deadline.toMillis(), TimeUnit.MILLISECONDS);
      if (called == null) {
        throw new CallerException("no call was made through REST in " + deadline);
      }
      return called;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CallerException("interrupted while waiting for a call through REST");
    }
  }

  /// Requests that calls made through REST name by a public host lead to a gateway on this machine.
  public TwilioSimulator reaches(String publicHost, URI gateway) {
    hosts = new Hosts(publicHost, gateway, gateway);
    return this;
  }

  /// How long a webhook may take: 15 s at Twilio.
  public TwilioSimulator webhookDeadline(Duration deadline) {
    webhooks.deadline(deadline);
    return this;
  }

  /// How parties behave that are called by `<Dial>` and through REST: 200 ms of ringing, then an
  /// answer and a second of talk, unless this says otherwise.
  ///
  /// @param answer `IN_PROGRESS` if they answer, else how the call to them ends
  public TwilioSimulator calledParties(CallStatus answer, Duration ringing, Duration talking) {
    calledParties = calledParties.behave(answer, ringing, talking);
    return this;
  }

  /// What machine detection finds of parties that are called through REST: `human` after a second,
  /// unless this says otherwise.
  ///
  /// @param what `human`, `machine_start`, `machine_end_beep`, `machine_end_silence`,
  ///   `machine_end_other`, `fax` or `unknown`
  public TwilioSimulator answeredBy(String what, Duration foundAfter) {
    calledParties = calledParties.are(what, foundAfter);
    return this;
  }

  /// Recordings of a call that were begun through REST, in order.
  public List<RestRecording> recordings(String callSid) {
    return rest.recordings(callSid);
  }

  /// Each status callback comes twice.
  public TwilioSimulator repeatsCallbacks(boolean on) {
    repeatsCallbacks = on;
    return this;
  }

  /// REST refuses that many requests with 429.
  public TwilioSimulator limitsRequests(int count) {
    rest.limit(count);
    return this;
  }

  /// REST says of that many updates that the call is not in progress (21220), whatever it is.
  public TwilioSimulator refusesUpdates(int count) {
    rest.refuse(count);
    return this;
  }

  /// Calls that are not over.
  public int liveCalls() {
    return live.size();
  }

  /// Ends all calls and cuts all connections.
  @Override
  public void close() {
    live.values().forEach(PhoneCall::hangUp);
    server.close();
    webhooks.close();
    clock.close();
    timers.close();
    loops.close();
  }

  Caller begin(
      CallParties parties, PhoneCall.Setup setup, CallRecording recording, LineFaults faults) {
    PhoneCall call = new PhoneCall(parties, setup, lines, recording, faults);
    live.put(parties.callSid(), call);
    call.ring();
    return new Caller(call);
  }

  /// Makes a call through REST.
  CallSnapshot make(CallParties parties, PhoneCall.Setup setup) {
    Caller called = begin(parties, setup, new CallRecording(true), new LineFaults());
    if (!made.offer(called)) {
      called.hangUp();
    }
    return snapshot(parties.callSid()).orElseThrow();
  }

  Optional<PhoneCall> liveCall(String sid) {
    return Optional.ofNullable(live.get(sid));
  }

  /// A call of this account, over or not.
  Optional<CallSnapshot> snapshot(String sid) {
    PhoneCall call = live.get(sid);
    if (call != null) {
      return Optional.of(CallSnapshot.of(call));
    }
    synchronized (ended) {
      return Optional.ofNullable(ended.get(sid));
    }
  }

  /// Calls that are not over, then those that are.
  List<CallSnapshot> snapshots() {
    List<CallSnapshot> all = new ArrayList<>(live.values().stream().map(CallSnapshot::of).toList());
    synchronized (ended) {
      all.addAll(ended.values());
    }
    return all;
  }

  /// Tells a status callback of a call that is live or was.
  void callBack(URI url, Map<String, String> form) {
    lines.callBack(hosts, url, form);
  }

  Hosts outboundHosts() {
    return hosts;
  }

  private final class Lines implements TwilioLines {
    @Override
    public EventLoop loop() {
      return loops.current();
    }

    @Override
    public FrameClock clock() {
      return clock;
    }

    @Override
    public Timers timers() {
      return timers;
    }

    @Override
    public Webhooks webhooks() {
      return webhooks;
    }

    @Override
    public CalledParties outbound() {
      return calledParties;
    }

    @Override
    public void tell(String kind, String detail) {
      events.tell("twilio", kind, detail);
    }

    @Override
    public void callBack(Hosts to, URI url, Map<String, String> form) {
      webhooks.tell(to, url, form);
      if (repeatsCallbacks) {
        webhooks.tell(to, url, form);
      }
    }

    @Override
    public void ended(PhoneCall call) {
      CallSnapshot last = CallSnapshot.of(call);
      synchronized (ended) {
        ended.put(last.parties().callSid(), last);
        if (ended.size() > MAX_ENDED) {
          ended.remove(ended.keySet().iterator().next());
        }
      }
      live.remove(last.parties().callSid());
      rest.ended(last.parties().callSid());
    }
  }
}
