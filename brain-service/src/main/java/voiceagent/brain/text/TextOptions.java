package voiceagent.brain.text;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The words behind `./voice-agent chat` and `eval`.
///
/// @param agent id of the agent
/// @param variables values for `{{name}}`
/// @param target another brain
/// @param files the rest
record TextOptions(
    String agent, Map<String, String> variables, Optional<String> target, List<String> files) {
  /// @throws IllegalArgumentException naming the word that is wrong
  static TextOptions of(String[] words) {
    String agent = "default";
    Map<String, String> variables = new HashMap<>();
    Optional<String> target = Optional.empty();
    List<String> files = new ArrayList<>();
    for (int i = 0; i < words.length; i++) {
      String word = words[i];
      if (!word.startsWith("--")) {
        files.add(word);
        continue;
      }
      if (i + 1 == words.length) {
        throw new IllegalArgumentException(word + " wants a value behind it");
      }
      String value = words[++i];
      switch (word) {
        case "--agent" -> agent = value;
        case "--target" -> target = Optional.of(value);
        case "--var" -> {
          String[] pair = value.split("=", 2);
          if (pair.length != 2) {
            throw new IllegalArgumentException("--var is " + value + ", expected NAME=VALUE");
          }
          variables.put(pair[0], pair[1]);
        }
        default ->
            throw new IllegalArgumentException(
                word + " is not known, expected --agent ID, --var NAME=VALUE or --target TARGET");
      }
    }
    return new TextOptions(agent, variables, target, files);
  }
}
