package voiceagent.brain.clause;

import java.util.function.IntConsumer;

/// Takes out of a model's text what cannot be spoken: markup, bullets, emoji, line breaks. Works
/// character by character with one character of foresight, so what comes out does not depend on how
/// the text was cut into tokens.
///
/// A line break becomes a space, and a comma before it, or a full stop for an empty line, where the
/// line ends without punctuation and the next is no continuation. White space is single; none
/// leads, none trails.
final class Speakable {
  private static final int NONE = -1;
  private static final String BULLETS = "-–•·+";
  private static final String NO_SPACE_BEFORE = ",.!?;:";
  private static final String PAUSES = ",.!?;:…—–-";

  private enum Gap {
    NONE,
    SPACE,
    LINE,
    PARAGRAPH
  }

  private final IntConsumer out;
  private int held = NONE;
  private int before = NONE;
  private int spoken = NONE;
  private char surrogate;
  private Gap gap = Gap.NONE;
  private boolean lineStart = true;
  private boolean inLink;

  /// @param out given each code point that is spoken
  Speakable(IntConsumer out) {
    this.out = out;
  }

  void push(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isHighSurrogate(c)) {
        surrogate = c;
      } else if (!Character.isLowSurrogate(c)) {
        next(c);
      } else if (surrogate != 0) {
        next(Character.toCodePoint(surrogate, c));
        surrogate = 0;
      }
    }
  }

  /// The text is over.
  void end() {
    next(NONE);
  }

  private void next(int point) {
    if (held != NONE) {
      take(held, point);
      before = held;
    }
    held = point;
  }

  private void take(int point, int next) {
    if (inLink) {
      inLink = point != ')' && point != '\n';
    } else if (point == '\n' || point == '\r') {
      boolean blankLine = lineStart && gap == Gap.LINE && point == '\n';
      gap = blankLine || gap == Gap.PARAGRAPH ? Gap.PARAGRAPH : Gap.LINE;
      lineStart = true;
    } else if (Character.isWhitespace(point) || Character.isSpaceChar(point) || point == '|') {
      gap = gap == Gap.NONE ? Gap.SPACE : gap;
    } else if (point == ']' && next == '(') {
      inLink = true;
    } else if (!(lineStart && isLineMark(point, next)) && !isMarkup(point, next)) {
      lineStart = false;
      speak(point, next);
    }
  }

  private void speak(int point, int next) {
    boolean joins = NO_SPACE_BEFORE.indexOf(point) >= 0 && !Character.isLetterOrDigit(next);
    if (gap != Gap.NONE && spoken != NONE && !joins) {
      boolean pause = PAUSES.indexOf(spoken) >= 0 || Character.isLowerCase(point);
      if (gap != Gap.SPACE && !pause) {
        out.accept(gap == Gap.LINE ? ',' : '.');
      }
      out.accept(' ');
    }
    gap = Gap.NONE;
    spoken = point;
    out.accept(point);
  }

  private static boolean isLineMark(int point, int next) {
    return point == '#'
        || point == '>'
        || (BULLETS.indexOf(point) >= 0 && (next == '-' || Character.isWhitespace(next)));
  }

  private boolean isMarkup(int point, int next) {
    return switch (point) {
      case '*', '`', '[', ']' -> true;
      case '~' -> next == '~' || before == '~';
      case '_' -> !Character.isLetterOrDigit(before) || !Character.isLetterOrDigit(next);
      default -> isEmoji(point);
    };
  }

  private static boolean isEmoji(int point) {
    return Character.isExtendedPictographic(point)
        || Character.isEmojiModifier(point)
        || (point >= 0x1F1E6 && point <= 0x1F1FF) // flags
        || (point >= 0xE0000 && point <= 0xE007F) // tags within flags
        || point == 0x20E3 // keycap
        || (point >= 0xFE00 && point <= 0xFE0F) // variants
        || Character.getType(point) == Character.FORMAT
        || Character.isISOControl(point);
  }
}
