package voiceagent.sim.deepgram;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.WebSocketHandshakeException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import voiceagent.kit.audio.Mulaw;
import voiceagent.sim.event.SimulatorEvents;
import voiceagent.sim.speech.Recordings;
import voiceagent.sim.speech.Utterance;

/// Flux: what it says of turns, and what it does not take.
class FluxSimulatorTest {
  private final Recordings recordings = Recordings.load();
  private final DeepgramSimulator deepgram = new DeepgramSimulator(0, new SimulatorEvents());

  @AfterEach
  void close() {
    deepgram.close();
  }

  private ListenClient flux(String more) throws Exception {
    return ListenClient.flux(deepgram.url(), ListenClient.FLUX + more);
  }

  private static String event(JsonNode message) {
    return message.path("event").asText();
  }

  @Test
  void eachRecordingIsHeardWordForWord() throws Exception {
    for (Utterance utterance : recordings.all()) {
      try (ListenClient client = flux("&eot_threshold=0.9")) {
        client.silence(500);
        client.audio(utterance.mulaw());
        client.silence(1500);
        client.text("CloseStream");
        assertThat(client.closeReason()).startsWith("1005");
        String heard =
            String.join(
                " ",
                client.told().stream()
                    .filter(m -> event(m).equals("EndOfTurn"))
                    .map(m -> m.path("transcript").asText())
                    .toList());
        assertThat(heard).as(utterance.name()).isEqualTo(utterance.transcript());
      }
    }
  }

  @Test
  void aTurnStartsWithItsFirstWordAndEndsByTheModel() throws Exception {
    Utterance stop = recordings.get("stop");
    try (ListenClient client = flux("")) {
      client.silence(1000);
      client.audio(stop.mulaw());
      client.silence(1000);
      JsonNode end = client.await("the end", m -> event(m).equals("EndOfTurn"));
      assertThat(client.turns()).containsExactly("StartOfTurn stop", "EndOfTurn stop please");
      assertThat(end.path("trigger").asText()).isEqualTo("model");
      assertThat(end.path("turn_index").asInt()).isZero();
      assertThat(end.path("end_of_turn_confidence").asDouble()).isBetween(0.7, 0.75);
      JsonNode last = end.path("words").path(1);
      assertThat(last.path("end").asDouble())
          .isCloseTo(1 + stop.words().getLast().end() / 8000.0, within(1e-6));
      assertThat(end.path("audio_window_end").asDouble())
          .isBetween(1 + stop.words().getLast().end() / 8000.0, 4.0);
      List<JsonNode> updates =
          client.told().stream().filter(m -> event(m).equals("Update")).toList();
      assertThat(updates.size()).isBetween(6, 14); // one each quarter of a second of 3.2 s
      assertThat(updates.getFirst().path("transcript").asText()).isEmpty();
    }
  }

  @Test
  void unknownSpeechMakesTurnsToo() throws Exception {
    byte[] quieter = recordings.get("pricing").mulaw().clone();
    for (int i = 0; i < quieter.length; i++) {
      quieter[i] = Mulaw.encode((short) (Mulaw.decode(quieter[i]) * 3 / 4));
    }
    try (ListenClient client = flux("&eager_eot_threshold=0.5")) {
      client.audio(quieter);
      client.silence(2000);
      JsonNode end = client.await("the end", m -> event(m).equals("EndOfTurn"));
      assertThat(end.path("transcript").asText()).contains("cost me to have two rooms");
    }
  }

  @Test
  void withoutAudioThereIsNoEndOfTurnHoweverLongItTakes_S23() throws Exception {
    Utterance stop = recordings.get("stop");
    try (ListenClient client = flux("&eot_timeout_ms=500")) {
      client.audio(Arrays.copyOf(stop.mulaw(), (int) stop.words().getLast().end()));
      client.await("the start", m -> event(m).equals("StartOfTurn"));
      client.silence(100);
      client.text("Configure"); // answered after all that came before it
      client.await("an answer", m -> m.path("type").asText().equals("ConfigureSuccess"));
      assertThat(client.turns()).noneMatch(t -> t.startsWith("EndOfTurn"));
      client.silence(600);
      client.await("the end", m -> event(m).equals("EndOfTurn"));
    }
  }

  @Test
  void aTurnMayEndByItsTimeOutOrByTheClient() throws Exception {
    try (ListenClient client = flux("&eot_threshold=1.0&eot_timeout_ms=1000")) {
      client.audio(recordings.get("stop").mulaw());
      client.silence(1500);
      JsonNode late = client.await("the end", m -> event(m).equals("EndOfTurn"));
      assertThat(late.path("trigger").asText()).isEqualTo("timeout");
      client.text("ForceEndTurn"); // no turn is open: nothing happens
      Utterance stop = recordings.get("stop");
      client.audio(Arrays.copyOf(stop.mulaw(), (int) stop.words().getLast().end() + 400));
      client.text("ForceEndTurn");
      JsonNode forced =
          client.await(
              "the other", m -> m.path("turn_index").asInt() == 1 && event(m).equals("EndOfTurn"));
      assertThat(forced.path("trigger").asText()).isEqualTo("manual");
      assertThat(forced.path("transcript").asText()).isEqualTo("stop please");
    }
    deepgram.lackForceEndTurn(true);
    try (ListenClient client = flux("")) {
      client.text("ForceEndTurn");
      assertThat(client.closeReason()).startsWith("1005");
      assertThat(client.told().getLast().path("code").asText())
          .isEqualTo("UNPARSABLE_CLIENT_MESSAGE");
    }
  }

  @Test
  void configureChangesWhatItNamesOrFails() throws Exception {
    try (ListenClient client = flux("&keyterm=Acme&eot_timeout_ms=4000")) {
      client.json("{\"type\":\"Configure\",\"thresholds\":{\"eot_threshold\":0.8}}");
      JsonNode done =
          client.await("success", m -> m.path("type").asText().equals("ConfigureSuccess"));
      assertThat(done.at("/thresholds/eot_threshold").asDouble()).isEqualTo(0.8);
      assertThat(done.at("/thresholds/eot_timeout_ms").asInt()).isEqualTo(4000);
      assertThat(done.at("/keyterms/0").asText()).isEqualTo("Acme");
      client.json("{\"type\":\"Configure\",\"thresholds\":{\"eager_eot_threshold\":0.85}}");
      client.await("failure", m -> m.path("type").asText().equals("ConfigureFailure"));
      client.json("{\"type\":\"Configure\",\"keyterms\":[]}");
      client.await("no terms", m -> m.has("keyterms") && m.path("keyterms").isEmpty());
    }
    deepgram.ignoreConfigure(true);
    try (ListenClient client = flux("")) {
      client.text("Configure");
      client.text("Configure");
      assertThat(client.closeReason()).startsWith("1005");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "&interim_results=true",
        "&endpointing=300",
        "&language=en",
        "&eot_threshold=0.4",
        "&eot_threshold=soon",
        "&eager_eot_threshold=0.2",
        "&eager_eot_threshold=0.8&eot_threshold=0.7",
        "&eot_timeout_ms=400",
        "&language_hint=en",
        "&numerals=yes",
      })
  void whatFluxDoesNotTakeIsRefused(String parameter) {
    assertThatThrownBy(() -> flux(parameter))
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOfSatisfying(
            WebSocketHandshakeException.class,
            e -> {
              assertThat(e.getResponse().statusCode()).isEqualTo(400);
              assertThat(e.getResponse().headers().firstValue("dg-error")).isPresent();
              assertThat(e.getResponse().headers().firstValue("dg-request-id")).isPresent();
            });
  }

  @Test
  void modelsAreOfTheirOwnApiOnly() {
    assertThatThrownBy(() ->
            ListenClient.flux(
                deepgram.url(), ListenClient.FLUX.replace("flux-general-en", "nova-3")))
        .cause()
        .isInstanceOf(WebSocketHandshakeException.class);
    assertThatThrownBy(() -> new ListenClient(deepgram.url(), ListenClient.FLUX))
        .cause()
        .isInstanceOf(WebSocketHandshakeException.class);
  }

  @Test
  void aClientThatSendsNothingIsClosed() throws Exception {
    deepgram.silenceLimit(Duration.ofMillis(300));
    try (ListenClient client = flux("")) {
      assertThat(client.closeReason()).startsWith("1011 NET-0001");
    }
  }
}
