package voiceagent.tts.cartesia;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// A clause of a reply, and how much of it was told. On the session's event loop.
final class Clause {
  final int index;
  final String text;

  /// What is compared of each of its words: letters and digits, in lower case.
  final List<String> keys;

  /// Words whose times were told, over all contexts that spoke it.
  int wordsTold;

  /// A context that was given it was done without a word or a sample of it.
  boolean leftNoTrace;

  Clause(int index, String text) {
    this.index = index;
    this.text = text;
    keys = Arrays.stream(text.split("\\s+")).filter(w -> !w.isEmpty()).map(Clause::key).toList();
  }

  /// Whether anything is to be heard of it. What is not must not be sent alone: Cartesia may answer
  /// with an error.
  boolean isSpeakable() {
    return keys.stream().anyMatch(k -> !k.isEmpty());
  }

  static String key(String word) {
    StringBuilder key = new StringBuilder();
    word.codePoints().filter(Character::isLetterOrDigit).forEach(key::appendCodePoint);
    return key.toString().toLowerCase(Locale.ROOT);
  }
}
