package voiceagent.gateway.record;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import voiceagent.gateway.stage.ReplyReport;
import voiceagent.kit.config.Secret;
import voiceagent.kit.time.ManualTimers;

class CallRecordsTest {
  private static final Instant START = Instant.parse("2026-11-24T12:00:00Z");

  @TempDir Path folder = Path.of("");
  private final ManualTimers timers = new ManualTimers();
  private final List<String> deliveries = new CopyOnWriteArrayList<>();
  private final AtomicInteger status = new AtomicInteger(204);
  private HttpServer server;
  private CallRecords records;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          deliveries.add(exchange.getRequestHeaders().getFirst("x-voice-agent-delivery"));
          exchange.sendResponseHeaders(status.get(), -1);
          exchange.close();
        });
    server.start();
    records = records();
  }

  /// As a gateway's start makes them.
  private CallRecords records() {
    return new CallRecords(
        new RecordConfig(
            Optional.of(folder.resolve("records")),
            Optional.of(URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/")),
            Optional.of(Secret.of("s")),
            new Redaction(Set.of(Redaction.Kind.DIGITS))),
        timers);
  }

  @AfterEach
  void stop() {
    records.close();
    server.stop(0);
  }

  private CallRecord record(boolean resumed, String words) {
    CallRecord record = records.open("CA1", "anna", "+1", "+2", resumed, START);
    record.caller(1, words, START.plusSeconds(2));
    record.report(2, new ReplyReport("llm", "m", 100, 10, 50, 0, 200_000, 300));
    record.agent(2, "answer", "Heard.", true, START.plusSeconds(4));
    return record;
  }

  private JsonNode written() throws IOException {
    return new ObjectMapper().readTree(folder.resolve("records/CA1.json").toFile());
  }

  @Test
  void aCallThatWasLostAndResumedIsOneDocument() throws IOException {
    records.keep(
        "CA1", record(false, "First.").document("lost", "closed", START.plusSeconds(5)), true);
    assertThat(written().path("turns")).hasSize(2);
    records.keep(
        "CA1", record(true, "Second.").document("hang-up", "agent", START.plusSeconds(5)), false);
    JsonNode whole = written();
    assertThat(whole.path("turns")).hasSize(4);
    assertThat(whole.path("turns").path(2).path("text").asText()).isEqualTo("Second.");
    assertThat(whole.path("outcome").asText()).isEqualTo("hang-up");
    assertThat(whole.path("seconds").asDouble()).isEqualTo(10);
    assertThat(whole.path("costs").path("prompt_tokens").asLong()).isEqualTo(200);
    assertThat(whole.path("turns").path(1).path("route").asText()).isEqualTo("llm");
    await(() -> deliveries.size() == 1);
    records.drain(Duration.ofSeconds(10));
    assertThat(files("records")).containsExactlyInAnyOrder("CA1.json", "unsent");
    assertThat(files("records/unsent")).isEmpty();
  }

  private List<String> files(String name) throws IOException {
    try (var files = Files.list(folder.resolve(name))) {
      return files.map(f -> f.getFileName().toString()).toList();
    }
  }

  @Test
  void ofAGatewayThatIsKilledTheEarlierTurnsAreInTheResumedCallsDocument() throws IOException {
    record(false, "My number is one two three four."); // and nothing more is heard of it
    await(() -> turns() == 2);
    assertThat(written().path("outcome").asText()).isEqualTo("unfinished");
    assertThat(written().path("turns").path(0).path("text").asText()).contains("[digits]");

    records = records();
    CallRecord resumed = record(true, "Where were we?");
    await(() -> turns() == 4);
    resumed.caller(2, "Goodbye.", START.plusSeconds(8));
    await(() -> turns() == 5);
    records.keep("CA1", resumed.document("hang-up", "agent", START.plusSeconds(9)), false);
    assertThat(written().path("turns")).hasSize(5);
    assertThat(written().path("outcome").asText()).isEqualTo("hang-up");
    assertThat(written().path("costs").path("prompt_tokens").asLong()).isEqualTo(200);
    assertThat(written().path("seconds").asDouble()).isEqualTo(4 + 9);
  }

  private int turns() {
    try {
      return written().path("turns").size();
    } catch (IOException e) {
      return 0; // not there yet
    }
  }

  @Test
  void aDrainWaitsForTheDocumentsOfTheLastCalls() throws Exception {
    CallRecord record = record(false, "Hi.");
    Thread drain = Thread.ofVirtual().start(() -> records.drain(Duration.ofSeconds(20)));
    assertThat(drain.join(Duration.ofMillis(100))).isFalse();
    records.keep("CA1", record.document("hang-up", "agent", START), false);
    assertThat(drain.join(Duration.ofSeconds(10))).isTrue();
    assertThat(deliveries).hasSize(1);
  }

  @Test
  void whatTheWebhookHasNotTakenIsSentAtTheNextStart() throws IOException {
    status.set(503);
    records.keep("CA1", record(false, "Hi.").document("hang-up", "agent", START), false);
    await(() -> deliveries.size() == 1);
    records.drain(Duration.ofMillis(10));
    records.close();
    assertThat(files("records/unsent")).containsExactly(deliveries.getFirst() + ".json");

    status.set(204);
    records = records();
    await(() -> deliveries.size() == 2);
    assertThat(Set.copyOf(deliveries)).hasSize(1);
    await(() -> files("records/unsent").isEmpty());
  }

  @Test
  void theWebhookIsAskedAgainWithTheSameDeliveryUntilItTakesIt() throws IOException {
    status.set(503);
    records.keep("CA1", record(false, "Hi.").document("hang-up", "agent", START), false);
    for (int i = 1; i <= 3; i++) {
      int attempts = i;
      await(() -> {
        timers.advance(Duration.ofSeconds(1));
        return deliveries.size() >= attempts;
      });
    }
    status.set(204);
    await(() -> {
      timers.advance(Duration.ofSeconds(1));
      return deliveries.size() >= 4;
    });
    assertThat(Set.copyOf(deliveries)).hasSize(1);
    records.drain(Duration.ofSeconds(10));
    int taken = deliveries.size();
    timers.advance(Duration.ofHours(1));
    assertThat(deliveries).hasSize(taken);
  }

  @Test
  void whatTheWebhookRefusesForGoodIsNotSentAgain() {
    status.set(400);
    records.keep("CA1", record(false, "Hi.").document("hang-up", "agent", START), false);
    records.drain(Duration.ofSeconds(10));
    timers.advance(Duration.ofHours(1));
    assertThat(deliveries).hasSize(1);
  }

  private interface Condition {
    boolean holds() throws IOException;
  }

  private static void await(Condition condition) throws IOException {
    long until = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!condition.holds()) {
      assertThat(System.nanoTime() - until).as("waited in vain").isNegative();
      LockSupport.parkNanos(5_000_000);
    }
  }
}
