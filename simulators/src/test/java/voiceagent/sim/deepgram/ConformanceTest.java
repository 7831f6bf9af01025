package voiceagent.sim.deepgram;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.WebSocketHandshakeException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import voiceagent.sim.event.SimulatorEvents;
import voiceagent.sim.speech.Recordings;
import voiceagent.sim.speech.Utterance;

/// Deepgram's side of the conformance list, line by line; stt-service's test of the same name holds
/// the client's, 1 to 17.
class ConformanceTest {
  private final Recordings recordings = Recordings.load();
  private final DeepgramSimulator deepgram = new DeepgramSimulator(0, new SimulatorEvents());

  @AfterEach
  void close() {
    deepgram.close();
  }

  private ListenClient listen() throws Exception {
    return new ListenClient(deepgram.url(), ListenClient.PHONE);
  }

  private ListenClient flux(String more) throws Exception {
    return ListenClient.flux(deepgram.url(), ListenClient.FLUX + more);
  }

  private static String type(JsonNode message) {
    return message.path("type").asText();
  }

  private static String event(JsonNode message) {
    return message.path("event").asText();
  }

  private static double end(JsonNode results) {
    return results.path("start").asDouble() + results.path("duration").asDouble();
  }

  @ParameterizedTest
  @CsvSource({
    "utterance_end_ms=1000, utterance_end_ms=999, 400",
    "model=nova-3, model=nova-7, 400",
    "model=nova-3, model=nova-3, 401",
  })
  void aHandshakeIsRefusedWithItsReasonAndRequestId_S18(String right, String wrong, int status) {
    deepgram.rejectKeys(status == 401);
    assertThatThrownBy(
            () -> new ListenClient(deepgram.url(), ListenClient.PHONE.replace(right, wrong)))
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOfSatisfying(
            WebSocketHandshakeException.class,
            e -> {
              assertThat(e.getResponse().statusCode()).isEqualTo(status);
              assertThat(e.getResponse().headers().firstValue("dg-error")).isPresent();
              assertThat(e.getResponse().headers().firstValue("dg-request-id")).isPresent();
            });
  }

  @Test
  void silenceUndecodableAudioAndAnEmptyFrameEndTheStream_S19() throws Exception {
    deepgram.silenceLimit(Duration.ofMillis(200));
    try (ListenClient silent = listen()) {
      assertThat(silent.closeReason()).startsWith("1011 NET-0001");
    }
    deepgram.silenceLimit(Duration.ofSeconds(10));
    try (ListenClient raw = new ListenClient(deepgram.url(), "model=nova-3")) {
      raw.silence(20);
      assertThat(raw.closeReason()).startsWith("1008 DATA-0000");
    }
    try (ListenClient empty = listen()) {
      empty.empty();
      assertThat(empty.closeReason()).startsWith("1000");
    }
  }

  @Test
  void interimsSpansPausesAndGapsFollowFromTheAudio_S20() throws Exception {
    Utterance booking = recordings.get("booking");
    double lastWord = booking.words().getLast().end() / 8000.0;
    try (ListenClient client = listen()) {
      client.audio(booking.mulaw());
      client.silence(4000);
      List<JsonNode> results =
          client.finish().stream().filter(m -> type(m).equals("Results")).toList();
      List<Double> said =
          results.stream()
              .filter(m -> !ListenClient.isFinal(m) && end(m) < lastWord)
              .map(ConformanceTest::end)
              .toList();
      assertThat(said).hasSizeGreaterThanOrEqualTo(3);
      for (int i = 1; i < said.size(); i++) {
        assertThat(said.get(i) - said.get(i - 1)).isLessThanOrEqualTo(1.05);
      }
      double settled = 0;
      for (JsonNode result : results) {
        if (ListenClient.isFinal(result)) {
          assertThat(result.path("start").asDouble()).isCloseTo(settled, within(1e-6));
          settled = end(result);
        }
      }
      JsonNode pause = results.stream().filter(ListenClient::isPause).findFirst().orElseThrow();
      assertThat(end(pause) - lastWord).isBetween(0.25, 0.45);
      List<JsonNode> all = client.told();
      JsonNode gap =
          all.stream().filter(m -> type(m).equals("UtteranceEnd")).findFirst().orElseThrow();
      assertThat(gap.path("last_word_end").asDouble()).isCloseTo(lastWord, within(1e-6));
      assertThat(all.indexOf(gap)).isGreaterThan(all.indexOf(pause));
    }
  }

  @Test
  void finalizeAndCloseStreamSettleWhatThereIs_S21() throws Exception {
    Utterance stop = recordings.get("stop");
    for (boolean answers : new boolean[] {false, true}) {
      deepgram.answerEmptyFinalize(answers);
      try (ListenClient client = listen()) {
        client.silence(500);
        client.text("Finalize"); // nothing is buffered but silence
        client.audio(Arrays.copyOf(stop.mulaw(), (int) stop.words().getLast().end() + 400));
        client.text("Finalize");
        client.await(
            "words",
            m ->
                m.path("from_finalize").asBoolean()
                    && ListenClient.transcript(m).equals("stop please"));
        long empty =
            client.told().stream()
                .filter(m -> m.path("from_finalize").asBoolean())
                .filter(m -> ListenClient.transcript(m).isEmpty())
                .count();
        assertThat(empty).isEqualTo(answers ? 1 : 0);
        client.audio(Arrays.copyOf(stop.mulaw(), (int) stop.words().getLast().end() + 400));
        List<JsonNode> all = client.finish(); // asserts 1000
        assertThat(type(all.getLast())).isEqualTo("Metadata");
        assertThat(client.transcript()).isEqualTo("stop please stop please");
      }
    }
  }

  @Test
  void timesCountFromTheConnectionsFirstSample_S22() throws Exception {
    Utterance stop = recordings.get("stop");
    for (int lead : new int[] {0, 700}) {
      try (ListenClient client = listen()) {
        client.silence(lead);
        client.audio(stop.mulaw());
        client.silence(500);
        JsonNode pause = client.await("pause", ListenClient::isPause);
        assertThat(pause.at("/channel/alternatives/0/words/0/start").asDouble())
            .isCloseTo(lead / 1000.0 + stop.words().getFirst().start() / 8000.0, within(1e-6));
      }
    }
  }

  @Test
  void fluxNumbersItsMessagesAndKeepsItsPromises_S23() throws Exception {
    try (ListenClient client =
        flux("&eager_eot_threshold=0.4&eot_threshold=1.0&eot_timeout_ms=1200")) {
      for (String name : List.of("booking", "longpause", "human_phone", "stop", "email")) {
        client.audio(recordings.get(name).mulaw());
        client.silence(1500);
      }
      client.text("CloseStream");
      assertThat(client.closeReason()).startsWith("1005");
      List<JsonNode> all = client.told();
      assertThat(type(all.getFirst())).isEqualTo("Connected");
      int turn = 0;
      Optional<String> eager = Optional.empty();
      int resumed = 0;
      for (int i = 0; i < all.size(); i++) {
        JsonNode message = all.get(i);
        assertThat(message.path("sequence_id").asInt(-1)).isEqualTo(i);
        if (!type(message).equals("TurnInfo")) {
          assertThat(type(message)).isEqualTo("Connected"); // no Metadata
          continue;
        }
        assertThat(message.path("turn_index").asInt()).isEqualTo(turn);
        switch (event(message)) {
          case "EagerEndOfTurn" -> {
            assertThat(eager).isEmpty();
            eager = Optional.of(message.path("transcript").asText());
          }
          case "TurnResumed" -> {
            assertThat(eager).isPresent();
            eager = Optional.empty();
            resumed++;
          }
          case "EndOfTurn" -> {
            eager.ifPresent(t -> assertThat(message.path("transcript").asText()).isEqualTo(t));
            eager = Optional.empty();
            turn++;
          }
          default -> {}
        }
      }
      assertThat(turn).isGreaterThanOrEqualTo(5);
      assertThat(resumed).isPositive();
    }
  }

  @Test
  void fluxEndsNoTurnAtCloseStreamAndKnowsNoKeepAlive_S23() throws Exception {
    Utterance stop = recordings.get("stop");
    try (ListenClient client = flux("")) {
      client.audio(Arrays.copyOf(stop.mulaw(), (int) stop.words().getLast().end() + 400));
      client.text("CloseStream");
      assertThat(client.closeReason()).startsWith("1005");
      assertThat(client.told().getLast().path("transcript").asText()).isEqualTo("stop please");
      assertThat(client.turns()).noneMatch(t -> t.startsWith("EndOfTurn"));
      assertThat(client.told()).noneMatch(m -> type(m).equals("Metadata"));
    }
    try (ListenClient client = flux("")) {
      client.text("KeepAlive");
      assertThat(client.closeReason()).startsWith("1005");
    }
  }

  @Test
  void whatBreaksInTheFieldBreaksOnDemand_S24() throws Exception {
    Utterance stop = recordings.get("stop");
    deepgram.withholdSpeechFinal(true);
    try (ListenClient noisy = listen()) {
      noisy.audio(stop.mulaw());
      noisy.silence(2000);
      noisy.await("UtteranceEnd", m -> type(m).equals("UtteranceEnd"));
      assertThat(noisy.told()).noneMatch(ListenClient::isPause);
    }
    deepgram.withholdSpeechFinal(false);
    try (ListenClient early = listen()) {
      early.audio(Arrays.copyOf(stop.mulaw(), 8000));
      deepgram.sayUtteranceEnd();
      early.await("an early UtteranceEnd", m -> type(m).equals("UtteranceEnd"));
      deepgram.close(1011, "NET-0000");
      assertThat(early.closeReason()).isEqualTo("1011 NET-0000");
    }
    deepgram.stallTurns(1);
    try (ListenClient stalled = flux("")) {
      stalled.audio(stop.mulaw());
      stalled.silence(8000);
      stalled.text("CloseStream");
      assertThat(stalled.closeReason()).startsWith("1005");
      assertThat(stalled.turns()).containsExactly("StartOfTurn stop");
    }
    deepgram.overlapFinals(true);
    try (ListenClient overlapping =
        new ListenClient(deepgram.url(), ListenClient.PHONE.replace("=300", "=2000"))) {
      overlapping.audio(recordings.get("email").mulaw());
      overlapping.silence(2500);
      overlapping.finish();
      assertThat(overlapping.transcript()).contains("dot dot");
    }
    deepgram.overlapFinals(false);
    deepgram.delayAnswers(Duration.ofMillis(300));
    try (ListenClient slow = listen()) {
      slow.audio(stop.mulaw());
      slow.silence(500);
      slow.finish();
      assertThat(slow.transcript()).isEqualTo("stop please");
    }
    deepgram.delayAnswers(Duration.ZERO);
    deepgram.cutNext(List.of(Duration.ofMillis(40), Duration.ofMillis(40)));
    for (int i = 0; i < 2; i++) {
      try (ListenClient cut = listen()) {
        cut.silence(40);
        assertThat(cut.closeReason()).startsWith("1006");
      }
    }
    try (ListenClient half = listen()) {
      half.audio(stop.mulaw());
      half.await("words", m -> type(m).equals("Results"));
      deepgram.halfClose();
      assertThat(half.closeReason()).startsWith("1006");
    }
    deepgram.refuseNext(1, 429);
    assertThatThrownBy(this::listen).cause().isInstanceOf(WebSocketHandshakeException.class);
  }
}
