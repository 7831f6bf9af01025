package voiceagent.brain.groq;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import voiceagent.brain.llm.Deadlines;
import voiceagent.brain.llm.LanguageModel;
import voiceagent.brain.llm.TokenBudget;
import voiceagent.kit.config.Secret;
import voiceagent.kit.time.Timers;

/// How connections are reused, seen from a server that counts them and closes them when idle.
class GroqConnectionsTest {
  private static final String ANSWER =
      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 29\r\n\r\n"
          + "{\"data\":[{\"id\":\"model-one\"}]}";

  private final AtomicInteger connections = new AtomicInteger();
  private final Timers clock = Timers.system("test");
  private final ServerSocket server;
  private final LanguageModel model;
  private volatile boolean closing;

  GroqConnectionsTest() throws IOException {
    server = new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1"));
    var _ = Thread.ofVirtual().start(this::accept);
    model =
        new GroqLanguageModel(
            URI.create("http://127.0.0.1:" + server.getLocalPort() + "/openai/v1"),
            Secret.of("key"),
            Deadlines.PRESET,
            new TokenBudget(),
            clock);
  }

  @AfterEach
  void close() throws IOException {
    model.close();
    clock.close();
    server.close();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        connections.incrementAndGet();
        var _ = Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException _) {
        return;
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      InputStream in = socket.getInputStream();
      StringBuilder head = new StringBuilder();
      int b;
      while ((b = in.read()) >= 0) {
        head.append((char) b);
        if (head.toString().endsWith("\r\n\r\n")) {
          head.setLength(0);
          socket.getOutputStream().write(ANSWER.getBytes(StandardCharsets.US_ASCII));
          if (closing) {
            return;
          }
        }
      }
    } catch (IOException _) {
      // the client is gone
    }
  }

  @Test
  void aSecondRequestFindsTheConnectionOpen_11() throws Exception {
    assertThat(model.models()).containsExactly("model-one");
    assertThat(model.models()).containsExactly("model-one");
    assertThat(connections).hasValue(1);
  }

  @Test
  void aConnectionThatTheProviderClosedIsReplacedUnseen() throws Exception {
    closing = true;
    for (int i = 0; i < 200; i++) {
      assertThat(model.models()).containsExactly("model-one");
    }
    assertThat(connections).hasValueGreaterThanOrEqualTo(200);
  }
}
