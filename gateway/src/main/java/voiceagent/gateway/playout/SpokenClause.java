package voiceagent.gateway.playout;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import voiceagent.gateway.playout.HeardLedger.TimedWord;

/// One clause of a reply: its text, where its audio lies, and where in the text each spoken word
/// ends. One thread.
final class SpokenClause {
  private static final Pattern WRITTEN = Pattern.compile("\\S+");

  /// How far a spoken word is looked for behind the one before it.
  private static final int LOOK_AHEAD = 6;

  /// Samples that a written character takes, about: 15 characters a second.
  private static final long SAMPLES_A_CHARACTER = 530;

  private static final long NONE = -1;

  /// A word as written.
  ///
  /// @param end offset behind it in the text
  private record Written(String key, int end) {}

  /// @param middle sample from which on it counts as heard
  /// @param end offset in the text behind what it says
  private record Spoken(long middle, int end) {}

  private final String text;
  private final boolean interruptible;
  private final List<Written> written = new ArrayList<>();
  private final List<Spoken> spoken = new ArrayList<>();
  private long start = NONE;
  private long end = NONE;
  private long wordsEnd = NONE;
  private boolean whole;

  /// Index of the written word that was found last, and how many spoken ones were not found since.
  private int found = -1;

  private int unfound;

  /// What was heard before the clause was spoken again is not taken back.
  private int floor;

  SpokenClause(String text, boolean interruptible) {
    this.text = text;
    this.interruptible = interruptible;
    for (Matcher words = WRITTEN.matcher(text); words.find(); ) {
      written.add(new Written(key(words.group()), words.end()));
    }
  }

  String text() {
    return text;
  }

  boolean interruptible() {
    return interruptible;
  }

  /// Words come in order; one that lies before those known is a repetition.
  void word(TimedWord word) {
    if (word.startSamples() < wordsEnd || written.isEmpty()) {
      return;
    }
    wordsEnd = word.endSamples();
    spoken.add(new Spoken((word.startSamples() + word.endSamples()) / 2, place(key(word.text()))));
  }

  void audio(long from, long to) {
    start = start == NONE ? from : Math.min(start, from);
    end = Math.max(end, to);
  }

  void whole() {
    whole = true;
  }

  boolean hasAudio() {
    return start != NONE;
  }

  boolean beginsBefore(long samples) {
    return start < samples;
  }

  boolean contains(long samples) {
    return hasAudio() && start <= samples && samples < end;
  }

  /// What of the text was heard when this much of the reply was.
  String heard(long samples) {
    if (spoken.isEmpty()) {
      return byCharacters(samples);
    }
    int at = 0;
    int count = 0;
    for (Spoken word : spoken) {
      if (word.middle() < samples) {
        at = word.end();
        count++;
      }
    }
    return whole && count == spoken.size() ? text : text.substring(0, at);
  }

  private String byCharacters(long samples) {
    long length = whole ? end - start : Math.max(end - start, text.length() * SAMPLES_A_CHARACTER);
    double share = (Math.min(samples, end) - start) / (double) Math.max(1, length);
    if (share >= 1) {
      return text;
    }
    int at = 0;
    for (Written word : written) {
      at = word.end() <= text.length() * share ? word.end() : at;
    }
    return text.substring(0, at);
  }

  /// Where in the text a spoken word ends. A provider may write a word otherwise than the text
  /// does, or as several: those that are not found count as one word each until one is.
  private int place(String key) {
    int at = find(key, found + 1);
    if (at < 0 && !key.isEmpty() && written.getFirst().key().equals(key)) {
      at = 0; // the clause is spoken again, by another voice perhaps
      floor = Math.max(floor, end(found));
    }
    if (at >= 0) {
      found = at;
      unfound = 0;
      return Math.max(floor, end(at));
    }
    if (!key.isEmpty()) {
      unfound++;
    }
    return Math.max(floor, end(Math.min(found + unfound, written.size() - 1)));
  }

  private int end(int word) {
    return word < 0 ? 0 : written.get(word).end();
  }

  private int find(String key, int from) {
    for (int at = from; at < Math.min(written.size(), from + LOOK_AHEAD); at++) {
      if (!key.isEmpty() && written.get(at).key().equals(key)) {
        return at;
      }
    }
    return -1;
  }

  /// What is compared of a word: letters and digits, in lower case.
  private static String key(String word) {
    StringBuilder key = new StringBuilder();
    word.codePoints().filter(Character::isLetterOrDigit).forEach(key::appendCodePoint);
    return key.toString().toLowerCase(Locale.ROOT);
  }
}
