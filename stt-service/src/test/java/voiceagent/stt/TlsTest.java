package voiceagent.stt;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import voiceagent.sim.server.SimulatorServer;
import voiceagent.sim.speech.Recordings;
import voiceagent.sim.speech.Utterance;

/// Deepgram by `wss`, as outside of tests. The simulator's certificate is trusted as any private
/// one would be, by Java's own property; what the process trusts is read once, at its first `wss`,
/// so no other test of this module may need another.
class TlsTest {
  private static final String TRUST = "javax.net.ssl.trustStore";

  @TempDir
  @SuppressWarnings("NullAway.Init")
  private static Path folder;

  @BeforeAll
  static void trustTheSimulator() throws Exception {
    KeyStore store = KeyStore.getInstance("JKS");
    store.load(null, null);
    try (InputStream certificate = SimulatorServer.certificate()) {
      store.setCertificateEntry(
          "simulator", CertificateFactory.getInstance("X.509").generateCertificate(certificate));
    }
    Path file = folder.resolve("trust.jks");
    try (OutputStream out = Files.newOutputStream(file)) {
      store.store(out, "unused".toCharArray());
    }
    System.setProperty(TRUST, file.toString());
  }

  @AfterAll
  static void asBefore() {
    System.clearProperty(TRUST);
  }

  @ParameterizedTest
  @ValueSource(strings = {"nova-3", "flux-general-en"})
  void aCallIsHeardOverTls(String model) {
    Utterance stop = Recordings.load().get("stop");
    try (SttStack stack = new SttStack(Map.of("DEEPGRAM_MODEL", model), "wss")) {
      TestCall call = stack.connectedCall();
      call.audio(stop.mulaw());
      call.silenceUntil("a turn", c -> !c.turns().isEmpty());
      assertThat(call.transcript()).isEqualTo(stop.transcript());
      call.close();
      Await.until("closed", () -> stack.deepgram().connections() == 0);
    }
  }
}
