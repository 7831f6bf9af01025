package voiceagent.gateway.playout;

import java.util.ArrayList;
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

  private static final class Clause {
    final String text;
    final boolean interruptible;
    final List<TimedWord> words = new ArrayList<>();
    long start = -1;
    long end = -1;

    Clause(String text, boolean interruptible) {
      this.text = text;
      this.interruptible = interruptible;
    }
  }

  private final TreeMap<Integer, Clause> clauses = new TreeMap<>();

  /// A clause of the reply, as it is to be spoken.
  public void clause(int index, String text, boolean interruptible) {
    clauses.putIfAbsent(index, new Clause(text, interruptible));
  }

  /// When words of a clause are spoken. Words that are told again, because the clause was made
  /// again by another replica, count once.
  public void words(int index, List<TimedWord> words) {
    Clause clause = clauses.get(index);
    if (clause == null) {
      return;
    }
    for (TimedWord word : words) {
      if (clause.words.isEmpty() || word.startSamples() >= clause.words.getLast().endSamples()) {
        clause.words.add(word);
      }
    }
  }

  /// Audio of a clause lies here, in samples since the reply's audio began.
  public void audio(int index, long from, long to) {
    Clause clause = clauses.get(index);
    if (clause != null) {
      clause.start = clause.start < 0 ? from : Math.min(clause.start, from);
      clause.end = Math.max(clause.end, to);
    }
  }

  /// The words heard when this much of the reply was: those of which at least half was spoken, as
  /// they stand in the clauses.
  public String heard(long samples) {
    StringBuilder heard = new StringBuilder();
    for (Clause clause : clauses.values()) {
      if (clause.start < 0 || clause.start >= samples) {
        break;
      }
      heard.append(heard(clause, samples));
    }
    return heard.toString().strip();
  }

  /// The whole text of the reply.
  public String text() {
    StringBuilder text = new StringBuilder();
    clauses.values().forEach(c -> text.append(c.text));
    return text.toString().strip();
  }

  /// Whether the caller's words may stop the clause that is being heard.
  public boolean interruptible(long samples) {
    for (Clause clause : clauses.values()) {
      if (clause.start >= 0 && clause.start <= samples && samples < clause.end) {
        return clause.interruptible;
      }
    }
    return true;
  }

  private static String heard(Clause clause, long samples) {
    if (clause.words.isEmpty()) {
      long span = Math.max(1, clause.end - clause.start);
      double share = Math.min(1.0, (samples - clause.start) / (double) span);
      return share >= 1 ? clause.text : wholeWords(clause.text, share);
    }
    int count = 0;
    for (TimedWord word : clause.words) {
      if ((word.startSamples() + word.endSamples()) / 2 < samples) {
        count++;
      }
    }
    return count >= clause.words.size() ? clause.text : firstWords(clause.text, count);
  }

  /// The first words of a text, which is cut behind the last of them.
  private static String firstWords(String text, int count) {
    int at = 0;
    for (int word = 0; word < count && at < text.length(); word++) {
      while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
        at++;
      }
      while (at < text.length() && !Character.isWhitespace(text.charAt(at))) {
        at++;
      }
    }
    return text.substring(0, at);
  }

  /// The words that end within a share of the characters, 0 to 1.
  private static String wholeWords(String text, double share) {
    int at = (int) (text.length() * share);
    while (at > 0 && !Character.isWhitespace(text.charAt(at))) {
      at--;
    }
    return text.substring(0, at);
  }
}
