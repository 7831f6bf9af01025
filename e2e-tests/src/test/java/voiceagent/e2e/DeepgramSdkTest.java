package voiceagent.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import voiceagent.sim.deepgram.DeepgramSimulator;
import voiceagent.sim.event.SimulatorEvents;
import voiceagent.sim.speech.Recordings;
import voiceagent.sim.speech.Utterance;

/// Deepgram's official JavaScript SDK, unmodified, takes the simulator for Deepgram.
class DeepgramSdkTest {
  @Test
  void theOfficialSdkTranscribesARecordingOverBothApis(@TempDir Path folder) throws Exception {
    Utterance booking = Recordings.load().get("booking");
    Path recording = Files.write(folder.resolve("booking.ulaw"), booking.mulaw());
    try (DeepgramSimulator deepgram = new DeepgramSimulator(0, new SimulatorEvents())) {
      String printed =
          NodeScript.run(
              "deepgram",
              "script.mjs",
              Map.of(
                  "DEEPGRAM_URL", deepgram.url(),
                  "DEEPGRAM_API_KEY", DeepgramSimulator.KEY,
                  "RECORDING", recording.toString()));
      List<String> lines = printed.lines().toList();
      ObjectMapper json = new ObjectMapper();
      JsonNode v1 = json.readTree(lines.get(0));
      assertThat(v1.path("transcript").asText()).isEqualTo(booking.transcript());
      assertThat(v1.path("code").asInt()).isEqualTo(1000);
      assertThat(v1.path("types").toString())
          .isEqualTo("[\"Metadata\",\"Results\",\"SpeechStarted\",\"UtteranceEnd\"]");
      JsonNode v2 = json.readTree(lines.get(1));
      assertThat(v2.path("transcript").asText()).isEqualTo(booking.transcript());
      assertThat(v2.path("code").asInt()).isEqualTo(1005);
      assertThat(v2.path("types").toString())
          .contains("Connected", "StartOfTurn", "Update", "EagerEndOfTurn", "EndOfTurn");
    }
  }
}
