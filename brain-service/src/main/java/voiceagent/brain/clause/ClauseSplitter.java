package voiceagent.brain.clause;

import java.util.ArrayList;
import java.util.List;

/// Cuts one reply into clauses that can be spoken, while the model still writes it.
///
/// A clause ends with its sentence; the first clause of a reply also at a comma, colon or dash once
/// it is [#FIRST_CHARS] long, so that speech begins early; a later one only when it is long. It is
/// given out as soon as the next word begins. The clauses put together are the text; spaces between
/// them are at their ends. Where it is cut depends on the text alone, not on how it came in tokens.
public final class ClauseSplitter {
  /// A shorter first clause would be spoken before the next is there.
  private static final int FIRST_CHARS = 24;

  private static final int LATER_CHARS = 120;

  /// A clause without any end in it is cut between words.
  private static final int MAX_CHARS = 240;

  private final Speakable speakable = new Speakable(this::add);
  private final StringBuilder pending = new StringBuilder();
  private List<String> ready = new ArrayList<>();
  private boolean first = true;

  /// Takes what the model wrote next.
  ///
  /// @return the clauses that are complete by it; none, as a rule
  public List<String> push(String text) {
    speakable.push(text);
    return taken();
  }

  /// The reply is complete.
  ///
  /// @return what remains, one clause at least; the last has no space at its end and may be empty
  public List<String> end() {
    speakable.end();
    ready.add(pending.toString().stripTrailing());
    pending.setLength(0);
    return taken();
  }

  private List<String> taken() {
    List<String> clauses = ready;
    ready = new ArrayList<>();
    return clauses;
  }

  private void add(int point) {
    if (point != ' ' && beginsWord() && endsClause(point)) {
      ready.add(pending.toString());
      pending.setLength(0);
      first = false;
    }
    pending.appendCodePoint(point);
  }

  private boolean beginsWord() {
    return !pending.isEmpty()
        && (pending.charAt(pending.length() - 1) == ' ' || ClauseEnds.isWideStop(pending));
  }

  private boolean endsClause(int next) {
    String text = pending.toString().stripTrailing();
    return ClauseEnds.isSentenceEnd(text, next)
        || (text.length() >= (first ? FIRST_CHARS : LATER_CHARS) && ClauseEnds.isPause(text, next))
        || text.length() >= MAX_CHARS;
  }
}
