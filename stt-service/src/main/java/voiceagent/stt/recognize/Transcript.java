package voiceagent.stt.recognize;

import java.util.List;
import java.util.stream.Collectors;

/// What was heard in a stretch of audio.
///
/// @param text as the recogniser writes it; may be empty
/// @param words of the text, in order; empty where the recogniser gives no times
/// @param confidence 0 to 1, of the whole
/// @param end first sample after the stretch, since the call's `start`
public record Transcript(String text, List<Word> words, double confidence, long end) {
  public Transcript {
    words = List.copyOf(words);
  }

  public boolean isEmpty() {
    return text.isEmpty();
  }

  /// First sample after the last word.
  public long lastWordEnd() {
    return words.isEmpty() ? end : words.getLast().end();
  }

  /// Without the words that lie before an offset, for the most part.
  public Transcript after(long offset) {
    if (isEmpty() || (!words.isEmpty() && words.getFirst().middle() >= offset)) {
      return this;
    }
    if (words.isEmpty()) {
      return end > offset ? this : new Transcript("", List.of(), confidence, end);
    }
    List<Word> later = words.stream().filter(w -> w.middle() >= offset).toList();
    String laterText = later.stream().map(Word::text).collect(Collectors.joining(" "));
    return new Transcript(laterText, later, confidence, end);
  }
}
