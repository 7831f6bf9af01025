package voiceagent.kit.config;

import java.util.List;

/// Settings that cannot be used; the message has a line for each mistake, all of them.
public final class SettingsException extends RuntimeException {
  private final transient List<String> problems;

  SettingsException(List<String> problems) {
    super(String.join(System.lineSeparator(), problems));
    this.problems = List.copyOf(problems);
  }

  /// One sentence each: name, value, what was expected.
  public List<String> problems() {
    return problems;
  }
}
