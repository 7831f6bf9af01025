package voiceagent.tts.synthesize;

/// A word and when it is spoken, in samples at 8000 Hz since its reply's audio began.
///
/// @param start first sample
/// @param end first sample after it
public record TimedWord(String text, long start, long end) {}
