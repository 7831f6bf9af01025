package voiceagent.brain.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ManagedChannel;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import voiceagent.brain.BrainMain;
import voiceagent.kit.config.Settings;
import voiceagent.kit.grpc.EventLoops;
import voiceagent.kit.grpc.StageChannel;
import voiceagent.kit.service.Stage;
import voiceagent.sim.event.SimulatorEvent;
import voiceagent.sim.event.SimulatorEvents;
import voiceagent.sim.groq.GroqSimulator;

/// A whole brain over gRPC, against the provider's simulator, for tests.
abstract class RunningBrain {
  private final SimulatorEvents events = new SimulatorEvents();
  private final LinkedBlockingQueue<SimulatorEvent> seen = new LinkedBlockingQueue<>();
  private final EventLoops loops = new EventLoops(1);
  private final Logger logger = Logger.getLogger("voiceagent.brain");
  private final List<String> logged = new CopyOnWriteArrayList<>();
  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord record) {
          logged.add(new SimpleFormatter().formatMessage(record));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };
  GroqSimulator groq;
  Stage brain;
  ManagedChannel channel;

  @BeforeEach
  void start() {
    logger.addHandler(handler);
    events.listen(seen::add);
    groq = GroqSimulator.start(0, events);
    groq.pace(Duration.ofMillis(10), Duration.ofMillis(5));
    brain = brain(Map.of());
    channel = channel(brain);
    await(() -> logged("llama-3.1-8b-instant"));
  }

  @AfterEach
  void stop() {
    channel.shutdownNow();
    brain.close();
    groq.close();
    loops.close();
    logger.removeHandler(handler);
  }

  Stage brain(Map<String, String> more) {
    Map<String, String> environment =
        new HashMap<>(
            Map.of(
                "BRAIN_PORT", "0",
                "BRAIN_ADMIN_PORT", "0",
                "BIND_ADDRESS", "127.0.0.1",
                "GROQ_API_KEY", GroqSimulator.KEY,
                "GROQ_BASE_URL", groq.url()));
    environment.putAll(more);
    return BrainMain.start(Settings.of(BrainMain.class, environment));
  }

  ManagedChannel channel(Stage stage) {
    return StageChannel.to("dns:///127.0.0.1:" + stage.port(), loops);
  }

  BrainCaller call() throws InterruptedException {
    return new BrainCaller(channel).open();
  }

  SimulatorEvent await(String kind) throws InterruptedException {
    while (true) {
      SimulatorEvent event = seen.poll(20, TimeUnit.SECONDS);
      assertThat(event).as("an event " + kind).isNotNull();
      if (event.kind().equals(kind)) {
        return event;
      }
    }
  }

  static void await(BooleanSupplier condition) {
    long until = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime() - until).as("waited in vain").isNegative();
      LockSupport.parkNanos(5_000_000);
    }
  }

  boolean logged(String words) {
    return logged.stream().anyMatch(l -> l.contains(words));
  }

  List<SimulatorEvent> events(String kind) {
    return seen.stream().filter(e -> e.kind().equals(kind)).toList();
  }

  String metrics() {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client
          .send(
              HttpRequest.newBuilder(
                      URI.create("http://127.0.0.1:" + brain.adminPort() + "/metrics"))
                  .header("accept", "text/plain")
                  .timeout(Duration.ofSeconds(10))
                  .build(),
              HttpResponse.BodyHandlers.ofString())
          .body();
    } catch (java.io.IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
