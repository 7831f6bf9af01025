package voiceagent.stt;

import io.grpc.Channel;
import io.grpc.ManagedChannel;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import voiceagent.kit.config.Settings;
import voiceagent.kit.grpc.EventLoops;
import voiceagent.kit.grpc.Sessions;
import voiceagent.kit.grpc.StageChannel;
import voiceagent.kit.service.Stage;
import voiceagent.kit.service.StageConfig;
import voiceagent.sim.deepgram.DeepgramSimulator;
import voiceagent.sim.event.SimulatorEvent;
import voiceagent.sim.event.SimulatorEvents;
import voiceagent.stt.api.TranscribeService;
import voiceagent.stt.deepgram.DeepgramConfig;
import voiceagent.stt.deepgram.DeepgramRecognizer;

/// stt-service as it is, Deepgram simulated, all on ports of their own.
final class SttStack implements AutoCloseable {
  /// Helidon's metrics cannot be set up twice at the same time.
  private static final Lock STARTING = new ReentrantLock();

  private final SimulatorEvents events = new SimulatorEvents();
  private final List<SimulatorEvent> seen = new CopyOnWriteArrayList<>();
  private final DeepgramSimulator deepgram = new DeepgramSimulator(0, events);
  private final EventLoops loops = new EventLoops(1);
  private final Stage stage;
  private final ManagedChannel channel;

  /// The service as its settings make it.
  SttStack(Map<String, String> settings) {
    this(settings, "ws");
  }

  /// @param scheme by which it reaches Deepgram, `ws` or `wss`
  SttStack(Map<String, String> settings, String scheme) {
    events.listen(seen::add);
    stage = started(() -> SttMain.start(settings(settings, scheme)));
    channel = StageChannel.to("dns:///127.0.0.1:" + stage.port(), loops);
  }

  /// The service with another interval of keep-alive messages.
  SttStack(Map<String, String> settings, Duration keepAlive) {
    events.listen(seen::add);
    EventLoops own = new EventLoops(1);
    Sessions sessions = new Sessions("stt", 10);
    Settings read = settings(settings, "ws");
    DeepgramConfig config = DeepgramConfig.from(read).withKeepAlive(keepAlive);
    stage =
        started(() ->
            Stage.start(
                StageConfig.from(read, "STT"),
                own,
                sessions,
                new TranscribeService(sessions, new DeepgramRecognizer(config, own), own)));
    channel = StageChannel.to("dns:///127.0.0.1:" + stage.port(), loops);
  }

  private static Stage started(Supplier<Stage> start) {
    STARTING.lock();
    try {
      return start.get();
    } finally {
      STARTING.unlock();
    }
  }

  private Settings settings(Map<String, String> changed, String scheme) {
    Map<String, String> all = new HashMap<>();
    all.put("STT_PORT", "0");
    all.put("STT_ADMIN_PORT", "0");
    all.put("BIND_ADDRESS", "127.0.0.1");
    all.put("DEEPGRAM_URL", scheme + "://127.0.0.1:" + deepgram.port());
    all.put("DEEPGRAM_API_KEY", DeepgramSimulator.KEY);
    all.putAll(changed);
    return Settings.of(SttMain.class, all);
  }

  DeepgramSimulator deepgram() {
    return deepgram;
  }

  Stage stage() {
    return stage;
  }

  Channel channel() {
    return channel;
  }

  /// A call whose provider is connected.
  TestCall connectedCall() {
    int before = count("connected");
    TestCall call = TestCall.open(channel);
    Await.until("provider connected", () -> count("connected") > before);
    return call;
  }

  /// What the simulator saw so far.
  List<SimulatorEvent> seen() {
    return seen;
  }

  /// Between the latest of one kind of event and the latest of another, by the simulator's clock.
  Duration between(String kind, String other) {
    return Duration.ofNanos(latest(other) - latest(kind));
  }

  private long latest(String kind) {
    return seen.stream()
        .filter(e -> e.kind().equals(kind))
        .mapToLong(SimulatorEvent::nanos)
        .max()
        .orElseThrow();
  }

  int count(String kind) {
    return (int) seen.stream().filter(e -> e.kind().equals(kind)).count();
  }

  @Override
  public void close() {
    channel.shutdownNow();
    stage.close();
    deepgram.close();
    loops.close();
  }
}
