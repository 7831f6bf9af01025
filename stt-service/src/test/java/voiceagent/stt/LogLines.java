package voiceagent.stt;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/// What the process logs, all levels, while it is open.
final class LogLines extends Handler implements AutoCloseable {
  private static final Logger STAGE = Logger.getLogger("voiceagent");

  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final SimpleFormatter formatter = new SimpleFormatter();
  private final Level before = STAGE.getLevel();

  LogLines() {
    setLevel(Level.ALL);
    STAGE.setLevel(Level.ALL);
    STAGE.addHandler(this);
  }

  @Override
  public void publish(LogRecord record) {
    lines.add(formatter.formatMessage(record));
  }

  boolean has(String... parts) {
    return lines.stream().anyMatch(line -> List.of(parts).stream().allMatch(line::contains));
  }

  @Override
  public void flush() {}

  @Override
  public void close() {
    STAGE.removeHandler(this);
    STAGE.setLevel(before);
  }
}
