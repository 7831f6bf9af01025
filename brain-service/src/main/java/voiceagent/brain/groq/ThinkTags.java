package voiceagent.brain.groq;

/// Takes out what a model thinks between `<think>` and `</think>` within its text, as servers send
/// it that do not keep reasoning apart. Works on whatever pieces the text comes in.
final class ThinkTags {
  private static final String OPEN = "<think>";
  private static final String CLOSE = "</think>";

  private final StringBuilder held = new StringBuilder();
  private boolean thinking;

  /// What of the text may be spoken; the beginning of a tag is held back.
  String push(String text) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      held.append(text.charAt(i));
      String tag = thinking ? CLOSE : OPEN;
      while (!tag.startsWith(held.toString())) {
        if (!thinking) {
          out.append(held.charAt(0));
        }
        held.deleteCharAt(0);
      }
      if (held.length() == tag.length()) {
        thinking = !thinking;
        held.setLength(0);
      }
    }
    return out.toString();
  }

  /// What was held back though no tag came of it.
  String end() {
    return thinking ? "" : held.toString();
  }
}
