package voiceagent.kit.observe;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.logging.LogManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LogsTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  @AfterEach
  void restore() throws IOException {
    LogManager.getLogManager().readConfiguration();
  }

  @Test
  void eachLineIsJsonAndSaysItsCall() throws IOException {
    Logs.configure("gateway", "info", out);
    System.Logger log = System.getLogger("voiceagent.test");
    CallScope.run("CA1", () -> log.log(Level.INFO, "turn {0}", "7"));
    log.log(Level.ERROR, "it's \"broken\"", new IllegalStateException("why"));
    log.log(Level.DEBUG, "not told");
    List<String> lines = out.toString(StandardCharsets.UTF_8).lines().toList();
    assertThat(lines).hasSize(2);
    JsonNode first = new ObjectMapper().readTree(lines.getFirst());
    assertThat(first.path("call").asText()).isEqualTo("CA1");
    assertThat(first.path("message").asText()).isEqualTo("turn 7");
    assertThat(first.path("level").asText()).isEqualTo("INFO");
    assertThat(first.path("service").asText()).isEqualTo("gateway");
    JsonNode second = new ObjectMapper().readTree(lines.getLast());
    assertThat(second.has("call")).isFalse();
    assertThat(second.path("error").asText()).contains("IllegalStateException: why");
  }
}
