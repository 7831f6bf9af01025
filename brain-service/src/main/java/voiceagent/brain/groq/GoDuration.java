package voiceagent.brain.groq;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Durations as Go prints them: `2m59.56s`, `7.66s`, `130ms`, `1h2m3s`.
final class GoDuration {
  private static final Pattern PART = Pattern.compile("(\\d+(?:\\.\\d+)?)(h|ms|m|s|µs|us|ns)");
  private static final Pattern WHOLE = Pattern.compile("(?:" + PART.pattern() + ")+");

  private GoDuration() {}

  /// @return empty if the text is no such duration; a bare number counts as seconds
  static Optional<Duration> parse(String text) {
    String value = text.strip();
    if (value.matches("\\d+(\\.\\d+)?")) {
      value += "s";
    }
    if (!WHOLE.matcher(value).matches()) {
      return Optional.empty();
    }
    double nanos = 0;
    Matcher part = PART.matcher(value);
    while (part.find()) {
      nanos += Double.parseDouble(part.group(1)) * nanosOf(part.group(2));
    }
    return Optional.of(Duration.ofNanos((long) nanos));
  }

  private static double nanosOf(String unit) {
    return switch (unit) {
      case "h" -> 3600e9;
      case "m" -> 60e9;
      case "s" -> 1e9;
      case "ms" -> 1e6;
      case "ns" -> 1;
      default -> 1e3;
    };
  }
}
