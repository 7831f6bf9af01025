package voiceagent.stt.recognize;

/// A word of the caller's.
///
/// @param start first sample, since the call's `start`
/// @param end first sample after it
/// @param confidence 0 to 1
public record Word(String text, long start, long end, double confidence) {
  long middle() {
    return (start + end) / 2;
  }
}
