package voiceagent.brain.groq;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// Server-Sent Events from bytes, in whatever pieces these come. Comments and unknown fields are
/// passed over; a line may end in LF, CR or both. One thread.
final class SseReader {
  private static final int MAX_LINE_BYTES = 1 << 20;

  private final InputStream in;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private boolean afterReturn;

  SseReader(InputStream in) {
    this.in = new BufferedInputStream(in);
  }

  /// Waits for the next event that has data.
  ///
  /// @return empty when the stream is over; an event that was not finished by then is dropped
  /// @throws IOException if the stream is cut, or a line is longer than 1 MiB
  Optional<SseEvent> next() throws IOException {
    String name = "";
    StringBuilder data = new StringBuilder();
    boolean hasData = false;
    while (true) {
      Optional<String> read = line();
      if (read.isEmpty()) {
        return Optional.empty();
      }
      String text = read.get();
      if (text.isEmpty()) {
        if (hasData) {
          return Optional.of(new SseEvent(name, data.toString()));
        }
        name = "";
      } else if (text.startsWith("data:")) {
        data.append(hasData ? "\n" : "").append(value(text, "data:"));
        hasData = true;
      } else if (text.startsWith("event:")) {
        name = value(text, "event:");
      }
    }
  }

  private static String value(String text, String field) {
    String value = text.substring(field.length());
    return value.startsWith(" ") ? value.substring(1) : value;
  }

  /// A line is decoded whole, so that no character is cut.
  private Optional<String> line() throws IOException {
    line.reset();
    while (true) {
      int b = in.read();
      if (b < 0) {
        return Optional.empty();
      }
      boolean second = afterReturn && b == '\n';
      afterReturn = b == '\r';
      if (second) {
        continue;
      }
      if (b == '\n' || b == '\r') {
        return Optional.of(line.toString(StandardCharsets.UTF_8));
      }
      if (line.size() == MAX_LINE_BYTES) {
        throw new IOException("a line of the stream is longer than " + MAX_LINE_BYTES + " bytes");
      }
      line.write(b);
    }
  }
}
