package voiceagent.sim.deepgram;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import voiceagent.kit.audio.Mulaw;
import voiceagent.sim.event.SimulatorEvents;
import voiceagent.sim.speech.Recordings;
import voiceagent.sim.speech.Utterance;

/// What it understands, and when it says so.
class DeepgramSimulatorTest {
  private final Recordings recordings = Recordings.load();
  private final SimulatorEvents events = new SimulatorEvents();
  private final List<String> told = new CopyOnWriteArrayList<>();
  private final DeepgramSimulator deepgram = new DeepgramSimulator(0, events);

  {
    events.listen(e -> told.add(e.kind() + " " + e.detail()));
  }

  @AfterEach
  void close() {
    deepgram.close();
  }

  private ListenClient client() throws Exception {
    return new ListenClient(deepgram.url(), ListenClient.PHONE);
  }

  @Test
  void eachRecordingIsTranscribedWordForWord() throws Exception {
    for (Utterance utterance : recordings.all()) {
      try (ListenClient client = client()) {
        client.silence(500);
        client.audio(utterance.mulaw());
        client.silence(1500);
        client.finish();
        assertThat(client.transcript()).as(utterance.name()).isEqualTo(utterance.transcript());
      }
    }
  }

  @Test
  void finalsLeaveNoGapAndTheirWordsLieWithinThem() throws Exception {
    try (ListenClient client = client()) {
      client.audio(recordings.get("longpause").mulaw());
      client.audio(recordings.get("human_read").mulaw());
      client.audio(recordings.get("noise").mulaw());
      client.silence(8000);
      double end = 0;
      int finals = 0;
      for (JsonNode message : client.finish()) {
        if (ListenClient.isFinal(message)) {
          finals++;
          assertThat(message.path("start").asDouble()).isCloseTo(end, within(1e-6));
          double start = end;
          end += message.path("duration").asDouble();
          for (JsonNode word : message.at("/channel/alternatives/0/words")) {
            assertThat(word.path("start").asDouble()).isGreaterThanOrEqualTo(start - 1e-6);
            assertThat(word.path("end").asDouble()).isLessThanOrEqualTo(end + 1e-6);
          }
        }
      }
      assertThat(finals).isGreaterThan(5);
    }
  }

  @Test
  void aPhraseIsToldAsInterimsThenItsPauseThenTheEndOfTheUtterance() throws Exception {
    Utterance booking = recordings.get("booking");
    try (ListenClient client = client()) {
      client.silence(1000);
      client.audio(booking.mulaw());
      client.silence(1500);
      List<JsonNode> all = client.finish();

      JsonNode started = all.getFirst();
      assertThat(started.path("type").asText()).isEqualTo("SpeechStarted");
      assertThat(started.path("timestamp").asDouble()).isBetween(1.2, 1.6);

      List<JsonNode> interims =
          all.stream()
              .filter(m -> !ListenClient.isFinal(m) && !ListenClient.transcript(m).isEmpty())
              .toList();
      assertThat(ListenClient.transcript(interims.getFirst())).startsWith("can");
      assertThat(interims.getFirst().path("duration").asDouble()).isBetween(1.6, 1.85);
      assertThat(interims.size()).isBetween(3, 6);

      JsonNode pause = all.stream().filter(ListenClient::isPause).findFirst().orElseThrow();
      assertThat(ListenClient.isFinal(pause)).isTrue();
      double said = pause.path("start").asDouble() + pause.path("duration").asDouble();
      assertThat(said).isBetween(1 + 4.32 + 0.02, 1 + 4.32 + 0.4);

      JsonNode end = all.get(all.size() - 2);
      assertThat(end.path("type").asText()).isEqualTo("UtteranceEnd");
      assertThat(end.path("last_word_end").asDouble()).isCloseTo(5.32, within(1e-6));
      assertThat(all.getLast().path("type").asText()).isEqualTo("Metadata");
      assertThat(all.getLast().path("duration").asDouble()).isCloseTo(7.145, within(0.01));
    }
    assertThat(told)
        .anyMatch(t -> t.startsWith("connected "))
        .contains("speech-started ", "utterance-end ")
        .anyMatch(t -> t.startsWith("interim can"))
        .anyMatch(t -> t.startsWith("speech-final "));
  }

  @Test
  void silenceAndNoiseHaveNoWordsButAreSettledAllTheSame() throws Exception {
    try (ListenClient client = client()) {
      client.silence(10_000);
      client.audio(recordings.get("noise").mulaw());
      client.audio(recordings.get("noise").mulaw());
      client.silence(5000);
      client.finish();
      assertThat(client.transcript()).isEmpty();
      assertThat(client.told().stream().filter(ListenClient::isFinal)).hasSizeGreaterThan(5);
      assertThat(client.told())
          .noneMatch(m -> m.path("type").asText().matches("UtteranceEnd|SpeechStarted"));
    }
  }

  @Test
  void whereNoiseHidesThePauseTheWordsEndTheUtterance() throws Exception {
    byte[] hiss = new byte[24_000];
    for (int i = 0; i < hiss.length; i++) {
      hiss[i] = Mulaw.encode((short) ((i * 7919) % 1200 - 600));
    }
    try (ListenClient client = client()) {
      client.audio(recordings.get("stop").mulaw());
      client.audio(Arrays.copyOf(hiss, 16_000));
      JsonNode end =
          client.await("UtteranceEnd", m -> m.path("type").asText().equals("UtteranceEnd"));
      assertThat(end.path("last_word_end").asDouble()).isCloseTo(1.59, within(1e-6));
    }
    deepgram.withholdSpeechFinal(true);
    try (ListenClient client = client()) {
      client.audio(recordings.get("stop").mulaw());
      client.silence(3000);
      client.finish();
      assertThat(client.transcript()).isEqualTo("stop please");
      assertThat(client.told()).noneMatch(ListenClient::isPause);
    }
  }

  @Test
  void unknownSpeechIsUnderstoodAndToldLikeAnyOther() throws Exception {
    byte[] quieter = recordings.get("pricing").mulaw().clone();
    for (int i = 0; i < quieter.length; i++) {
      quieter[i] = Mulaw.encode((short) (Mulaw.decode(quieter[i]) * 3 / 4));
    }
    try (ListenClient client = client()) {
      client.audio(quieter);
      client.silence(2000);
      JsonNode pause = client.await("pause", ListenClient::isPause);
      assertThat(ListenClient.transcript(pause)).contains("cost me to have two rooms");
      assertThat(pause.path("duration").asDouble()).isBetween(2.6, 3.4);
      client.audio(recordings.get("stop").mulaw());
      client.silence(1000);
      client.finish();
      assertThat(client.transcript()).endsWith("stop please");
    }
  }

  @Test
  void finalizeSettlesWhatThereIsAndCloseStreamTheRest() throws Exception {
    Utterance stop = recordings.get("stop");
    int between = (int) (stop.words().get(0).end() + stop.words().get(1).start()) / 2;
    try (ListenClient client = client()) {
      client.audio(Arrays.copyOf(stop.mulaw(), between));
      client.text("Finalize");
      JsonNode asked = client.await("answer", m -> m.path("from_finalize").asBoolean());
      assertThat(ListenClient.transcript(asked)).isEqualTo("stop");
      client.audio(Arrays.copyOfRange(stop.mulaw(), between, stop.mulaw().length - 1600));
      client.finish();
      assertThat(client.transcript()).isEqualTo("stop please");
    }
  }

  @Test
  void finalsMayOverlapWhenToldTo() throws Exception {
    deepgram.overlapFinals(true);
    try (ListenClient client =
        new ListenClient(deepgram.url(), ListenClient.PHONE.replace("=300", "=2000"))) {
      client.audio(recordings.get("email").mulaw());
      client.silence(2500);
      client.finish();
      assertThat(client.transcript()).isEqualTo("it is jordan j o r d a n at example dot dot com");
    }
  }
}
