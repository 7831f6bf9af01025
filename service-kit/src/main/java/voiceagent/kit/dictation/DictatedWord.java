package voiceagent.kit.dictation;

/// A word that Vosk heard, in samples at 8000 Hz since its take began.
///
/// @param text lower case, no punctuation
/// @param start first sample
/// @param end first sample after it
/// @param confidence 0 to 1; 0 while the word is not settled
public record DictatedWord(String text, long start, long end, double confidence) {}
