package voiceagent.sim.speech;

/// A word that was found in a stream.
///
/// @param text as its utterance writes it
/// @param start first sample, since the stream began
/// @param end first sample after it, since the stream began
/// @param utterance where it comes from
public record HeardWord(String text, long start, long end, Utterance utterance) {
  /// Whether both take up the same time, more or less.
  boolean overlaps(HeardWord other) {
    long common = Math.min(end, other.end) - Math.max(start, other.start);
    return 2 * common > Math.min(end - start, other.end - other.start);
  }
}
