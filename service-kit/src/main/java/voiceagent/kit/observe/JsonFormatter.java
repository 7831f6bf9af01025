package voiceagent.kit.observe;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.logging.Formatter;
import java.util.logging.LogRecord;

/// One JSON object a line: `time`, `level`, `service`, `logger`, `call` where there is one,
/// `message`, `error` with its stack.
final class JsonFormatter extends Formatter {
  private static final JsonFactory JSON = new JsonFactory();

  private final String service;

  JsonFormatter(String service) {
    this.service = service;
  }

  @Override
  public String format(LogRecord record) {
    StringWriter line = new StringWriter(256);
    try (JsonGenerator json = JSON.createGenerator(line)) {
      json.writeStartObject();
      json.writeStringField("time", record.getInstant().toString());
      json.writeStringField("level", level(record.getLevel().intValue()));
      json.writeStringField("service", service);
      json.writeStringField("logger", String.valueOf(record.getLoggerName()));
      String call = CallScope.current().orElse("");
      if (!call.isEmpty()) {
        json.writeStringField("call", call);
      }
      json.writeStringField("message", formatMessage(record));
      if (record.getThrown() != null) {
        StringWriter stack = new StringWriter();
        record.getThrown().printStackTrace(new PrintWriter(stack));
        json.writeStringField("error", stack.toString());
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return line.append('\n').toString();
  }

  private static String level(int value) {
    return value >= java.util.logging.Level.SEVERE.intValue()
        ? "ERROR"
        : value >= java.util.logging.Level.WARNING.intValue()
            ? "WARNING"
            : value >= java.util.logging.Level.INFO.intValue() ? "INFO" : "DEBUG";
  }
}
