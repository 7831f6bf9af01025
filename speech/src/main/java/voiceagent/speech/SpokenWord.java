package voiceagent.speech;

/// A word and when it is spoken, in samples at 8000 Hz since its audio began.
///
/// @param text the word as written
/// @param start first sample
/// @param end first sample after it
public record SpokenWord(String text, long start, long end) {}
