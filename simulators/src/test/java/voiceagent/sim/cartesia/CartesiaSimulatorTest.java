package voiceagent.sim.cartesia;

import static java.net.http.HttpResponse.BodyHandlers.ofString;
import static java.time.Duration.ofMillis;
import static org.assertj.core.api.Assertions.assertThat;
import static voiceagent.sim.cartesia.TestClient.audio;
import static voiceagent.sim.cartesia.TestClient.ofType;
import static voiceagent.sim.cartesia.TestClient.request;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import voiceagent.kit.audio.Mulaw;
import voiceagent.sim.cartesia.CartesiaRules.CancelMode;
import voiceagent.sim.event.SimulatorEvents;

class CartesiaSimulatorTest {
  private final SimulatorEvents events = new SimulatorEvents();
  private final List<String> told = new CopyOnWriteArrayList<>();
  private final CartesiaSimulator cartesia = CartesiaSimulator.start(0, events);
  private final List<TestClient> clients = new ArrayList<>();

  CartesiaSimulatorTest() {
    events.listen(e -> told.add(e.kind()));
    cartesia.rules().pace(ofMillis(1), 200).expiry(ofMillis(200));
  }

  @AfterEach
  void close() {
    clients.forEach(TestClient::close);
    cartesia.close();
  }

  private TestClient connect() {
    TestClient client = new TestClient(cartesia);
    clients.add(client);
    return client;
  }

  @ParameterizedTest
  @CsvSource({
    "simulated-cartesia-key, , 401",
    ", 2026-03-01, 401",
    "wrong, 2026-03-01, 401",
    "simulated-cartesia-key, 1999-01-01, 400"
  })
  void keyAndVersionAreNeeded_S16(String key, String version, int status) throws Exception {
    HttpResponse<String> answer = handshake(key, version);
    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(answer.headers().firstValue("x-request-id")).isPresent();
    assertThat(answer.body()).contains("\"request_id\"").doesNotContain("wrong");
  }

  @ParameterizedTest
  @CsvSource({
    "api_key=simulated-cartesia-key&cartesia_version=2026-03-01, 400",
    "access_token=simulated-cartesia-key&cartesia_version=2026-03-01, 400",
    "api_key=wrong&cartesia_version=2026-03-01, 401",
    "api_key=simulated-cartesia-key, 401"
  })
  void keyAndVersionMayStandInTheQuery_S16(String query, int status) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + cartesia.port() + "/tts/websocket?" + query);
    try (HttpClient http = HttpClient.newHttpClient()) {
      assertThat(http.send(HttpRequest.newBuilder(uri).build(), ofString()).statusCode())
          .as("400: accepted, but no WebSocket handshake")
          .isEqualTo(status);
    }
  }

  @Test
  void aRefusedHandshakeIsTakenBack_S24() throws Exception {
    cartesia.faults().refuseHandshakes(1, 503);
    assertThat(handshake(CartesiaSimulator.KEY, "2026-03-01").statusCode()).isEqualTo(503);
    connect().send(request("a", "Hello.", false));
    clients.getLast().untilDone("a");
  }

  @Test
  void textWaitsForItsBufferDelayForAFlushOrForTheEnd_S17() throws Exception {
    TestClient client = connect();
    for (boolean flush : new boolean[] {true, false}) {
      String id = "waits-" + flush;
      client.send(buffered(id, "Is this ", true));
      client.send(buffered(id, "one sentence? ", true));
      if (flush) {
        client.send(buffered(id, "", true).put("flush", true));
        JsonNode done = client.until(m -> m.path("flush_done").asBoolean()).getLast();
        assertThat(done.path("flush_id").asInt()).isEqualTo(1);
        client.send(buffered(id, "Two.", false));
        assertThat(ofType(client.untilDone(id), "chunk"))
            .allSatisfy(c -> assertThat(c.path("flush_id").asInt()).isEqualTo(2));
      } else {
        client.send(buffered(id, "", false));
        client.untilDone(id);
      }
    }
    client.send(request("short", "Soon.", true).put("max_buffer_delay_ms", 100));
    assertThat(ofType(client.untilDone("short"), "chunk")).as("after 100 ms").isNotEmpty();
    client.send(request("preset", "Preset.", true).without("max_buffer_delay_ms"));
    client.send(request("other", "Meanwhile.", false));
    assertThat(client.untilDone("other"))
        .noneMatch(m -> m.path("context_id").asText().equals("preset"));
  }

  private static ObjectNode buffered(String id, String text, boolean goesOn) {
    return request(id, text, goesOn).put("max_buffer_delay_ms", 5000);
  }

  @Test
  void inputsAreJoinedVerbatimAndSpokenInOrder_S18() throws Exception {
    TestClient client = connect();
    client.send(request("a", "Sure, I can. ", true));
    client.send(request("b", "Another context. ", false));
    client.send(request("a", "What is your name?", true));
    client.send(request("a", "", false));
    List<JsonNode> messages = client.untilDone("a", "b");
    Spoken spoken = cartesia.spoken().getFirst();
    assertThat(spoken.text()).isEqualTo("Sure, I can. What is your name?");
    assertThat(spoken.state()).isEqualTo(Spoken.State.DONE);
    assertThat(audio(messages, "a")).isEqualTo(spoken.audio()).hasSize(spoken.sent());
    List<JsonNode> ofA =
        messages.stream().filter(m -> m.path("context_id").asText().equals("a")).toList();
    assertThat(ofType(ofA, "flush_done")).hasSize(2);
    assertThat(ofType(ofA, "done")).hasSize(1);
    assertThat(ofType(ofA, "chunk").stream().map(c -> c.path("data").asText().length()).distinct())
        .as("sizes of chunks")
        .hasSizeGreaterThan(2);
    List<String> words = new ArrayList<>();
    double before = 0;
    for (JsonNode times : ofType(ofA, "timestamps")) {
      for (int i = 0; i < times.at("/word_timestamps/words").size(); i++) {
        words.add(times.at("/word_timestamps/words/" + i).asText());
        assertThat(times.at("/word_timestamps/start/" + i).asDouble())
            .isGreaterThanOrEqualTo(before);
        before = times.at("/word_timestamps/end/" + i).asDouble();
      }
    }
    assertThat(String.join(" ", words)).isEqualTo("Sure, I can. What is your name?");
    assertThat(before).isLessThanOrEqualTo(spoken.audio().length / 8000.0);
    assertThat(told).contains("connected", "clause", "first-audio", "done");
  }

  @Test
  void noTimestampsComeUnasked_S18() throws Exception {
    TestClient client = connect();
    client.send(request("a", "Hello.", false).without("add_timestamps"));
    assertThat(ofType(client.untilDone("a"), "timestamps")).isEmpty();
  }

  @Test
  void linearPcmIsTheSameAudio_S18() throws Exception {
    TestClient client = connect();
    ObjectNode linear = request("a", "Hello there.", false);
    ((ObjectNode) linear.path("output_format")).put("encoding", "pcm_s16le");
    client.send(linear);
    client.send(request("b", "Hello there.", false));
    client.untilDone("a", "b");
    assertThat(Mulaw.encode(cartesia.spoken().getFirst().audio()))
        .isEqualTo(cartesia.spoken().getLast().audio());
  }

  @Test
  void aContextExpiresAfterItsLastAudioAndTakesNoMore_S19() throws Exception {
    TestClient client = connect();
    client.send(request("a", "Hello.", true));
    client.untilDone("a");
    client.send(request("a", "More.", true));
    assertThat(client.error().path("context_id").asText()).isEqualTo("a");
  }

  @Test
  void aCancelMayFinishTheInputAndSkipTheRest_S20a() throws Exception {
    cartesia.rules().pace(ofMillis(1), 20);
    TestClient client = connect();
    client.send(request("a", "This sentence is begun. ", true));
    client.send(request("a", "This one is not. ", true));
    client.until(m -> TestClient.type(m).equals("chunk"));
    client.cancel("a");
    client.untilDone("a");
    Spoken spoken = cartesia.spoken().getFirst();
    assertThat(spoken.state()).isEqualTo(Spoken.State.CANCELLED);
    assertThat(spoken.words().getLast().text()).isEqualTo("begun.");
    assertThat(spoken.sent()).isEqualTo(spoken.audio().length);
    client.cancel("a");
    assertThat(client.error().path("status_code").asInt()).isEqualTo(404);
  }

  @Test
  void aCancelMayStopAtOnceWithoutDone_S20b() throws Exception {
    cartesia.rules().pace(ofMillis(1), 20).cancelMode(CancelMode.STOP);
    TestClient client = connect();
    client.send(request("a", "This sentence is begun and then stopped. ", true));
    client.until(m -> TestClient.type(m).equals("chunk"));
    client.cancel("a");
    client.send(request("b", "Next.", false));
    List<JsonNode> after = client.untilDone("b");
    assertThat(ofType(after, "done")).hasSize(1);
    Spoken spoken = cartesia.spoken().getFirst();
    assertThat(spoken.sent()).isLessThan(spoken.audio().length);
    assertThat(cartesia.openContexts()).isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/model_id                | nonsense       | 400 | model_not_found",
        "/model_id                | sonic-english  | 400 | model_sunsetted",
        "/voice/id                | nobody         | 404 | voice_not_found",
        "/voice/mode              | embedding      | 400 | ",
        "/locale                  | en_US          | 400 | ",
        "/output_format/container | wav            | 400 | ",
        "/output_format/encoding  | mp3            | 400 | ",
        "/transcript              | ''             | 400 | ",
      })
  void wrongFieldsAreRefused_S21(String field, String value, int status, String code)
      throws Exception {
    TestClient client = connect();
    ObjectNode wrong = request("a", "Hello.", true);
    int slash = field.lastIndexOf('/');
    ((ObjectNode) wrong.at(field.substring(0, slash))).put(field.substring(slash + 1), value);
    client.send(wrong);
    JsonNode error = client.error();
    assertThat(error.path("status_code").asInt()).isEqualTo(status);
    assertThat(error.path("error_code").asText("").replace("null", ""))
        .isEqualTo(code == null ? "" : code);
    assertThat(error.path("done").asBoolean()).isTrue();
    client.send(request("b", "The socket goes on.", false));
    client.untilDone("b");
  }

  @ParameterizedTest
  @CsvSource({"language, de", "model_id, sonic-2", "voice, x", "add_timestamps, x"})
  void fieldsMayNotChangeWithinAContext_S21(String field, String value) throws Exception {
    TestClient client = connect();
    client.send(request("a", "Hello. ", true));
    ObjectNode changed = request("a", "More.", true);
    switch (field) {
      case "voice" ->
          ((ObjectNode) changed.path("voice")).put("id", "00000000-0000-4000-8000-0000000000bb");
      case "add_timestamps" -> changed.put(field, false);
      default -> changed.put(field, value);
    }
    client.send(changed);
    assertThat(client.error().path("message").asText()).contains("differs");
  }

  @Test
  void olderVersionsTellErrorsAsOneSentence_S21() throws Exception {
    try (TestClient client = new TestClient(cartesia, "2025-04-16")) {
      client.send(request("a", "Hello.", true).put("model_id", "nonsense"));
      JsonNode error = client.error();
      assertThat(error.path("error").asText()).isEqualTo("The model is not valid.");
      assertThat(error.has("error_code")).isFalse();
    }
  }

  @Test
  void contextsAndSocketsAreLimited_S22() throws Exception {
    cartesia.rules().concurrency(1).pace(ofMillis(1), 20);
    TestClient client = connect();
    client.send(request("a", "This takes a while to be spoken. ", true));
    client.send(request("b", "One too many.", true));
    JsonNode error = client.error();
    assertThat(error.path("status_code").asInt()).isEqualTo(429);
    assertThat(error.path("error_code").asText()).isEqualTo("concurrency_limited");
    client.untilDone("a");
    client.send(request("c", "Now there is room.", false));
    client.untilDone("c");
    assertThat(cartesia.mostContexts()).isEqualTo(1);
    for (int i = 1; i < 10; i++) {
      connect();
    }
    HttpResponse<String> refused = handshake(CartesiaSimulator.KEY, "2026-03-01");
    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(refused.body()).contains("concurrency_limited");
  }

  @Test
  void anIdleSocketIsClosedWith1000_S23() throws Exception {
    cartesia.rules().idle(ofMillis(100));
    TestClient client = connect();
    assertThat(client.closed.get(20, TimeUnit.SECONDS)).isEqualTo(1000);
  }

  @Test
  void aContextMayBeCutStalledFailedOrEndedWithinItsAudio_S24() throws Exception {
    TestClient client = connect();
    cartesia.faults().failAfter(ofMillis(300));
    client.send(request("fails", "This one fails within its audio.", false));
    List<JsonNode> failed = client.until(m -> TestClient.type(m).equals("error"));
    assertThat(failed.getLast().path("status_code").asInt()).isEqualTo(500);
    assertThat(audio(failed, "fails"))
        .isEqualTo(Arrays.copyOf(cartesia.spoken().getFirst().audio(), 2400));

    cartesia.faults().stallAfter(ofMillis(200));
    client.send(request("stalls", "This one falls silent.", false));
    client.send(request("well", "This one does not.", false));
    List<JsonNode> others = client.untilDone("well");
    assertThat(audio(others, "stalls").length).isLessThanOrEqualTo(1600);
    assertThat(others)
        .noneMatch(
            m -> m.path("context_id").asText().equals("stalls") && m.path("done").asBoolean());

    cartesia.faults().endAfterFirstInput();
    client.send(request("ends", "First. ", true));
    client.send(request("ends", "Second. ", true));
    assertThat(ofType(client.untilDone("ends"), "timestamps").toString())
        .contains("First")
        .doesNotContain("Second");

    cartesia.faults().cutBeforeAudio();
    client.send(request("cut", "Never heard.", false));
    assertThat(client.closed.get(20, TimeUnit.SECONDS)).isEqualTo(1006);
    assertThat(cartesia.spoken().getLast().sent()).isZero();
  }

  @Test
  void chunksMayComeLateAfterACancel_S24() throws Exception {
    cartesia.rules().pace(ofMillis(1), 20).cancelMode(CancelMode.STOP);
    cartesia.faults().lateChunksAfterCancel(true);
    TestClient client = connect();
    client.send(request("a", "This sentence is cancelled within its audio. ", true));
    client.until(m -> TestClient.type(m).equals("chunk"));
    client.cancel("a");
    assertThat(client.next().path("context_id").asText()).isEqualTo("a");
  }

  @Test
  void audioComesFasterThanRealTimeAfterItsDelay() throws Exception {
    cartesia.rules().pace(ofMillis(150), 8);
    TestClient client = connect();
    long begun = System.nanoTime();
    client.send(
        request("a", "This is a sentence of some three seconds, or so it seems to me.", false));
    client.until(m -> TestClient.type(m).equals("chunk"));
    assertThat(System.nanoTime() - begun).isGreaterThan(150_000_000L);
    client.untilDone("a");
    double spokenSeconds = cartesia.spoken().getFirst().audio().length / 8000.0;
    assertThat((System.nanoTime() - begun) / 1e9).isGreaterThan(spokenSeconds / 8);
  }

  private HttpResponse<String> handshake(String key, String version) throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      var request =
          HttpRequest.newBuilder(
              URI.create("http://127.0.0.1:" + cartesia.port() + "/tts/websocket"));
      if (key != null) {
        request.header("X-API-Key", key);
      }
      if (version != null) {
        request.header("Cartesia-Version", version);
      }
      return http.send(request.build(), ofString());
    }
  }
}
