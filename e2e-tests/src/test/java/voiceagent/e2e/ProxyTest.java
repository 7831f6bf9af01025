package voiceagent.e2e;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

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
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;
import voiceagent.sim.speech.Recordings;
import voiceagent.sim.twilio.CallRequest;
import voiceagent.sim.twilio.Caller;

/// `deploy/nginx.conf` and `deploy/Caddyfile` as they are, but for ports and paths: a call over
/// `https` and `wss` through each. Runs when asked for, by `deploy/try-proxies.sh`, in a JVM of its
/// own: it trusts a certificate that is made here.
@EnabledIfEnvironmentVariable(named = "TRY_PROXIES", matches = "true")
class ProxyTest {
  private static final Duration DEADLINE = ofSeconds(20);
  private static final char[] PASSWORD = "password".toCharArray();

  @TempDir static Path folder = Path.of("");

  @BeforeAll
  static void trustACertificateMadeHere() throws Exception {
    certificate();
  }

  /// Starts a proxy on a port, before a gateway on another.
  private interface Start {
    Process proxy(String port, int gateway) throws IOException;
  }

  @Test
  void aCallGoesThroughNginxOverTlsAndTheRestStaysInside() throws Exception {
    call(ProxyTest::nginx);
  }

  @Test
  void aCallGoesThroughCaddyOverTlsAndTheRestStaysInside() throws Exception {
    call(ProxyTest::caddy);
  }

  private static void call(Start start) throws Exception {
    String port = ServiceProcess.freePorts(1).getFirst();
    try (Stack stack = Stack.start()) {
      Process proxy = start.proxy(port, stack.url().getPort());
      try {
        URI front = URI.create("https://127.0.0.1:" + port);
        Await.until("the proxy", DEADLINE, () -> proxy.isAlive() && isHealthy(front));
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
        proxy.destroy();
        assertThat(proxy.waitFor(5, TimeUnit.SECONDS)).isTrue();
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

  private static Process nginx(String port, int gateway) throws IOException {
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

  private static Process caddy(String port, int gateway) throws IOException {
    String site = "voice.example.com {\n";
    String conf = Files.readString(Path.of("..", "deploy", "Caddyfile"));
    assertThat(conf).contains(site, "127.0.0.1:7860");
    Files.writeString(
        folder.resolve("Caddyfile"),
        """
        {
        \tadmin off
        \tauto_https disable_redirects
        }
        """
            + conf.replace(
                    site,
                    "https://127.0.0.1:%s {\n\tbind 127.0.0.1\n\ttls %s %s\n"
                        .formatted(port, folder.resolve("cert.pem"), folder.resolve("key.pem")))
                .replace("127.0.0.1:7860", "127.0.0.1:" + gateway));
    ProcessBuilder caddy =
        new ProcessBuilder(
                "caddy",
                "run",
                "--adapter",
                "caddyfile",
                "--config",
                folder.resolve("Caddyfile").toString())
            .inheritIO();
    caddy.environment().put("HOME", folder.toString()); // where it keeps what it knows
    return caddy.start();
  }

  private static void certificate() throws Exception {
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
