package voiceagent.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import voiceagent.sim.cartesia.CartesiaSimulator;
import voiceagent.sim.cartesia.Spoken;
import voiceagent.sim.event.SimulatorEvents;
import voiceagent.sim.server.SimulatorServer;

/// Cartesia's official JavaScript SDK, unmodified, speaks against the simulator. It knows only
/// `wss`, so the simulator serves TLS.
class CartesiaSdkTest {
  @TempDir
  @SuppressWarnings("NullAway.Init")
  private Path folder;

  @Test
  void theOfficialSdkSpeaksAgainstTheSimulator() throws Exception {
    try (CartesiaSimulator cartesia = CartesiaSimulator.start(0, new SimulatorEvents())) {
      String printed =
          NodeScript.run(
              "cartesia",
              "script.mjs",
              Map.of(
                  "CARTESIA_BASE_URL",
                  "https://localhost:" + cartesia.port(),
                  "CARTESIA_API_KEY",
                  CartesiaSimulator.KEY,
                  "CARTESIA_VOICE_ID",
                  CartesiaSimulator.VOICE,
                  "NODE_EXTRA_CA_CERTS",
                  certificate().toString()));
      JsonNode heard = new ObjectMapper().readTree(printed.lines().toList().getLast());
      for (String context : new String[] {"reply", "flushed", "other"}) {
        Spoken spoken =
            cartesia.spoken().stream()
                .filter(s -> s.context().equals(context))
                .findFirst()
                .orElseThrow();
        assertThat(spoken.state()).isEqualTo(Spoken.State.DONE);
        assertThat(heard.path(context).path("sha256").asText())
            .as(context)
            .isEqualTo(sha256(spoken.audio()));
      }
      assertThat(cartesia.refusals()).as("the retired model, the wrong key").hasSize(2);
    }
  }

  private Path certificate() throws IOException {
    Path file = folder.resolve("certificate.pem");
    try (InputStream in = SimulatorServer.certificate()) {
      Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
    }
    return file;
  }

  private static String sha256(byte[] audio) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(audio));
  }
}
