package voiceagent.sim.demo;

import java.util.ArrayList;
import java.util.List;

/// When each stage of one turn had its first result, in nanoseconds of `System.nanoTime`. One
/// thread.
///
/// A final starts the later ones again: the one that counts is the last before the answer.
final class TurnStamps {
  private static final long NONE = Long.MIN_VALUE;

  private final long wordsEnd;
  private long heard = NONE;
  private long thought = NONE;
  private long voiced = NONE;

  /// @param wordsEnd when the caller's last word ended
  TurnStamps(long wordsEnd) {
    this.wordsEnd = wordsEnd;
  }

  void heard(long nanos) {
    heard = nanos;
    thought = NONE;
    voiced = NONE;
  }

  void thought(long nanos) {
    thought = thought == NONE ? nanos : thought;
  }

  void voiced(long nanos) {
    voiced = voiced == NONE ? nanos : voiced;
  }

  /// What the stages took, one after the other.
  ///
  /// @param played when the first frame was at the carrier
  String until(long played) {
    List<String> parts = new ArrayList<>();
    long from = wordsEnd;
    from = part(parts, "understood", from, heard);
    from = part(parts, "first word", from, thought);
    from = part(parts, "first sound", from, voiced);
    part(parts, "at the phone", from, played);
    parts.add("in all " + seconds(played - wordsEnd));
    return String.join(", ", parts);
  }

  private static long part(List<String> parts, String what, long from, long to) {
    if (to == NONE) {
      return from;
    }
    parts.add(what + " +" + seconds(to - from));
    return to;
  }

  static String seconds(long nanos) {
    return "%.2f s".formatted(nanos / 1e9);
  }
}
