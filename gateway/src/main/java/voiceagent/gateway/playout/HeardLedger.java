package voiceagent.gateway.playout;

import java.util.List;
import java.util.TreeMap;

/// The words of one reply and when they are spoken: turns samples heard into words heard. One
/// thread.
///
/// Where the synthesiser gives word times they decide; a clause without them is reckoned by its
/// share of characters.
public final class HeardLedger {
  /// @param startSamples since the reply's audio began
  /// @param endSamples first sample after the word
  public record TimedWord(String text, long startSamples, long endSamples) {}

  private final TreeMap<Integer, SpokenClause> clauses = new TreeMap<>();

  /// A clause of the reply, as it is to be spoken.
  public void clause(int index, String text, boolean interruptible) {
    clauses.putIfAbsent(index, new SpokenClause(text, interruptible));
  }

  /// When words of a clause are spoken. Words that are told again, because the clause was made
  /// again by another replica, count once.
  public void words(int index, List<TimedWord> words) {
    SpokenClause clause = clauses.get(index);
    if (clause != null) {
      words.forEach(clause::word);
    }
  }

  /// Audio of a clause lies here, in samples since the reply's audio began.
  public void audio(int index, long from, long to) {
    SpokenClause clause = clauses.get(index);
    if (clause != null) {
      clause.audio(from, to);
    }
  }

  /// All audio of a clause is known.
  public void whole(int index) {
    SpokenClause clause = clauses.get(index);
    if (clause != null) {
      clause.whole();
    }
  }

  /// The words heard when this much of the reply was: those of which at least half was spoken, as
  /// they stand in the clauses.
  public String heard(long samples) {
    StringBuilder heard = new StringBuilder();
    StringBuilder silent = new StringBuilder();
    for (SpokenClause clause : clauses.values()) {
      if (!clause.hasAudio()) {
        silent.append(clause.text()); // heard if anything behind it is
      } else if (clause.beginsBefore(samples)) {
        String words = clause.heard(samples);
        heard.append(words.isEmpty() ? "" : silent).append(words);
        silent.setLength(words.isEmpty() ? silent.length() : 0);
      }
    }
    return heard.toString().strip();
  }

  /// The words that were made into audio; of a reply that failed midway not all.
  public String spoken() {
    return heard(Long.MAX_VALUE);
  }

  /// The whole text of the reply.
  public String text() {
    StringBuilder text = new StringBuilder();
    clauses.values().forEach(c -> text.append(c.text()));
    return text.toString().strip();
  }

  /// Whether the caller's words may stop the clause that is being heard.
  public boolean interruptible(long samples) {
    return clauses.values().stream()
        .filter(c -> c.contains(samples))
        .findFirst()
        .map(SpokenClause::interruptible)
        .orElse(true);
  }
}
