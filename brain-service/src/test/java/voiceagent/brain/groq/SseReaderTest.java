package voiceagent.brain.groq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SseReaderTest {
  /// Gives bytes out in random pieces, as a socket does.
  private static final class Pieces extends InputStream {
    private final InputStream bytes;
    private final Random random;

    Pieces(String text, long seed) {
      bytes = new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
      random = new Random(seed);
    }

    @Override
    public int read() throws IOException {
      return bytes.read();
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      return bytes.read(into, offset, Math.min(length, 1 + random.nextInt(5)));
    }
  }

  private static List<SseEvent> events(String text, long seed) throws IOException {
    SseReader reader = new SseReader(new Pieces(text, seed));
    List<SseEvent> events = new ArrayList<>();
    while (true) {
      Optional<SseEvent> event = reader.next();
      if (event.isEmpty()) {
        return events;
      }
      events.add(event.get());
    }
  }

  @Test
  void readsLinesCommentsNamesAndCharactersInAnyPieces_2() throws IOException {
    String text =
        ": keep-alive\n\ndata: {\"a\":\"Ünï €5 😀\"}\n\nid: 7\nevent: error\r\ndata:no space\r\n\r\n"
            + "data: one\rdata: two\r\revent: nothing\n\ndata: [DONE]\n\ndata: unfinished";
    for (int seed = 0; seed < 100; seed++) {
      assertThat(events(text, seed))
          .as("seed %d", seed)
          .containsExactly(
              new SseEvent("", "{\"a\":\"Ünï €5 😀\"}"),
              new SseEvent("error", "no space"),
              new SseEvent("", "one\ntwo"),
              new SseEvent("", "[DONE]"));
    }
  }

  @Test
  void aLineWithoutEndIsAnError() {
    String text = "data: " + "x".repeat(2 << 20);
    assertThatThrownBy(() -> new SseReader(new Pieces(text, 1)).next())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("longer than");
  }
}
