package voiceagent.brain.clause;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/// Where a sentence or a part of one ends, judged by the text before and the first character of the
/// word after.
final class ClauseEnds {
  private static final String CLOSERS = "\"'”’»)]";
  private static final String WIDE_STOPS = "。！？";

  /// A dot after these never ends a sentence.
  private static final Set<String> TITLES =
      Set.of(
          "mr", "mrs", "ms", "dr", "prof", "st", "mt", "vs", "e.g", "i.e", "gen", "hon", "approx");

  /// A dot after these ends one only where a capital follows.
  private static final Set<String> SHORT_FORMS =
      Set.of(
          "no", "nr", "inc", "ltd", "co", "corp", "jr", "sr", "etc", "ave", "blvd", "rd", "apt",
          "dept", "tel", "ext", "fig", "est", "min", "max", "jan", "feb", "mar", "apr", "jun",
          "jul", "aug", "sep", "sept", "oct", "nov", "dec", "mon", "tue", "tues", "wed", "thu",
          "thur", "thurs", "fri", "sat", "sun");

  /// `a.m`, `p.m`, `u.s`: without the last dot.
  private static final Pattern DOTTED = Pattern.compile("(\\p{L}\\.)+\\p{L}");

  private static final Pattern LIST_NUMBER = Pattern.compile("\\d{1,2}");
  private static final Pattern PAUSE = Pattern.compile("[,;:—–]| - ");

  /// Fewer words since the last comma are an item of a list, or a date.
  private static final int WORDS_BEFORE_COMMA = 4;

  private static final int WORDS_BEFORE_PAUSE = 3;

  private ClauseEnds() {}

  static boolean isWideStop(CharSequence text) {
    return WIDE_STOPS.indexOf(text.charAt(text.length() - 1)) >= 0;
  }

  /// @param text without space at its end
  /// @param next first character of the next word
  static boolean isSentenceEnd(String text, int next) {
    String open = withoutClosers(text);
    if (open.isEmpty()) {
      return false;
    }
    return switch (open.charAt(open.length() - 1)) {
      case '!', '?', '。', '！', '？' -> true;
      case '…' -> !Character.isLowerCase(next);
      case '.' -> isFullStop(open, next);
      default -> false;
    };
  }

  /// A comma, colon, dash or semicolon after enough words.
  static boolean isPause(String text, int next) {
    String open = withoutClosers(text);
    if (open.isEmpty()) {
      return false;
    }
    return switch (open.charAt(open.length() - 1)) {
      case ',' -> !Character.isDigit(next) && wordsSincePause(open, 1) >= WORDS_BEFORE_COMMA;
      case ';', ':', '—', '–' -> wordsSincePause(open, 1) >= WORDS_BEFORE_PAUSE;
      case '-' -> open.endsWith(" -") && wordsSincePause(open, 2) >= WORDS_BEFORE_PAUSE;
      default -> false;
    };
  }

  private static boolean isFullStop(String text, int next) {
    if (text.endsWith("..")) {
      return !Character.isLowerCase(next);
    }
    int start = text.lastIndexOf(' ') + 1;
    String word =
        text.substring(start, text.length() - 1)
            .replaceFirst("^[\"'“‘(]+", "")
            .toLowerCase(Locale.ROOT);
    if (LIST_NUMBER.matcher(word).matches() && isItemStart(text, start)) {
      return false;
    }
    if (TITLES.contains(word) || isInitial(word)) {
      return false;
    }
    return !(SHORT_FORMS.contains(word) || DOTTED.matcher(word).matches())
        || Character.isUpperCase(next);
  }

  private static boolean isInitial(String word) {
    return word.length() == 1 && Character.isLetter(word.charAt(0));
  }

  private static boolean isItemStart(String text, int start) {
    return start < 2 || ",:;".indexOf(text.charAt(start - 2)) >= 0;
  }

  private static int wordsSincePause(String text, int mark) {
    String[] parts = PAUSE.split(text.substring(0, text.length() - mark), -1);
    String last = parts[parts.length - 1].strip();
    return last.isEmpty() ? 0 : last.split("\\s+", -1).length;
  }

  private static String withoutClosers(String text) {
    int end = text.length();
    while (end > 0 && CLOSERS.indexOf(text.charAt(end - 1)) >= 0) {
      end--;
    }
    return text.substring(0, end);
  }
}
