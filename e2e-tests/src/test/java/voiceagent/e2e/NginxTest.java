package voiceagent.e2e;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import voiceagent.sim.speech.Recordings;
import voiceagent.sim.twilio.CallRequest;
import voiceagent.sim.twilio.Caller;

/// `deploy/nginx.conf` as it is, but for ports and paths: a call over `https` and `wss` through
/// nginx. Runs when asked for, by `deploy/try-nginx.sh`, in a JVM of its own: it trusts a
/// certificate that is made here.
class NginxTest {
  private static final Duration DEADLINE = ofSeconds(20);
  private static final char[] PASSWORD = "password".toCharArray();

  @TempDir Path folder = Path.of("");

  @Test
  void aCallGoesThroughNginxOverTlsAndTheRestStaysInside() throws Exception {
    assumeTrue("true".equals(System.getenv("TRY_NGINX")), "deploy/try-nginx.sh was not asked for");
    certificate();
    String port = ServiceProcess.freePorts(1).getFirst();
    try (Stack stack = Stack.start()) {
      Process nginx = nginx(port, stack.url().getPort());
      try {
        URI front = URI.create("https://127.0.0.1:" + port);
        Await.until("nginx", DEADLINE, () -> nginx.isAlive() && isHealthy(front));
        CallRequest request = new CallRequest(front).publicHost(Providers.PUBLIC_HOST);
        try (Caller caller = stack.providers().twilio().dial(request)) {
          caller.awaitAgentSpeaking(DEADLINE).awaitAgentQuiet(DEADLINE);
          caller.says(Recordings.load().get("greeting"));
          caller.awaitAgentSpeaking(DEADLINE).awaitAgentQuiet(DEADLINE);
          assertThat(caller.underruns()).isZero();
          assertThat(caller.hangUp().errors()).isEmpty();
        }
        for (String inside : List.of("/calls", "/metrics", "/health/ready", "/")) {
          assertThat(Http.get(front, inside).statusCode()).as(inside).isEqualTo(404);
        }
      } finally {
        nginx.destroy();
        assertThat(nginx.waitFor(5, TimeUnit.SECONDS)).isTrue();
      }
    }
  }

  private static boolean isHealthy(URI front) {
    try {
      return Http.send(HttpRequest.newBuilder(front.resolve("/health"))).statusCode() == 200;
    } catch (java.io.UncheckedIOException e) {
      return false;
    }
  }

  private Process nginx(String port, int gateway) throws IOException {
    String conf =
        Files.readString(Path.of("..", "deploy", "nginx.conf"))
            .replace("listen 443 ssl", "listen 127.0.0.1:" + port + " ssl")
            .replace("127.0.0.1:7860", "127.0.0.1:" + gateway)
            .replace(
                "/etc/ssl/voice.example.com/fullchain.pem", folder.resolve("cert.pem").toString())
            .replace(
                "/etc/ssl/voice.example.com/privkey.pem", folder.resolve("key.pem").toString());
    assertThat(conf).contains("listen 127.0.0.1:" + port, "127.0.0.1:" + gateway, "cert.pem");
    Files.writeString(folder.resolve("nginx.conf"), conf);
    return new ProcessBuilder(
            "nginx",
            "-p",
            folder.toString(),
            "-c",
            folder.resolve("nginx.conf").toString(),
            "-e",
            folder.resolve("error.log").toString(),
            "-g",
            "daemon off; pid " + folder.resolve("nginx.pid") + ";")
        .inheritIO()
        .start();
  }

  private void certificate() throws Exception {
    Process openssl =
        new ProcessBuilder(
                List.of(
                    "openssl",
                    "req",
                    "-x509",
                    "-newkey",
                    "rsa:2048",
                    "-nodes",
                    "-days",
                    "1",
                    "-subj",
                    "/CN=voice.example.com",
                    "-addext",
                    "subjectAltName=DNS:voice.example.com,IP:127.0.0.1",
                    "-keyout",
                    folder.resolve("key.pem").toString(),
                    "-out",
                    folder.resolve("cert.pem").toString()))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(openssl.waitFor(20, TimeUnit.SECONDS)).isTrue();
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, PASSWORD);
    try (InputStream in = Files.newInputStream(folder.resolve("cert.pem"))) {
      trusted.setCertificateEntry(
          "test", CertificateFactory.getInstance("X.509").generateCertificate(in));
    }
    Path store = folder.resolve("trusted.p12");
    try (OutputStream out = Files.newOutputStream(store)) {
      trusted.store(out, PASSWORD);
    }
    System.setProperty("javax.net.ssl.trustStore", store.toString());
    System.setProperty("javax.net.ssl.trustStorePassword", new String(PASSWORD));
  }
}
