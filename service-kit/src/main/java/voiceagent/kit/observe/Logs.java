package voiceagent.kit.observe;

import java.io.OutputStream;
import java.util.Map;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.StreamHandler;

/// JSON lines on standard output, each with the call it belongs to.
public final class Logs {
  /// `LOG_LEVEL` to the levels of java.util.logging.
  private static final Map<String, Level> LEVELS =
      Map.of(
          "debug", Level.FINE, "info", Level.INFO, "warning", Level.WARNING, "error", Level.SEVERE);

  /// Kept strongly: a logger that nobody holds forgets its level.
  private static final Logger OURS = Logger.getLogger("voiceagent");

  private Logs() {}

  /// Sends all logging of this process to one stream. Libraries are told from INFO up at most, our
  /// own packages from the level asked for.
  ///
  /// @param level debug, info, warning or error
  public static void configure(String service, String level, OutputStream out) {
    LogManager.getLogManager().reset();
    Handler handler =
        new StreamHandler(out, new JsonFormatter(service)) {
          @Override
          public synchronized void publish(LogRecord record) {
            super.publish(record);
            flush();
          }
        };
    handler.setLevel(Level.ALL);
    Level ours = LEVELS.getOrDefault(level, Level.INFO);
    Logger root = Logger.getLogger("");
    root.addHandler(handler);
    root.setLevel(ours.intValue() < Level.INFO.intValue() ? Level.INFO : ours);
    OURS.setLevel(ours);
  }
}
