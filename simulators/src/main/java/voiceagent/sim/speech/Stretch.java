package voiceagent.sim.speech;

/// Part of an utterance that was found in a stream, byte for byte.
///
/// @param offset of its first sample in the utterance
/// @param start of its first sample in the stream
/// @param end of its last sample in the stream, plus 1
public record Stretch(Utterance utterance, long offset, long start, long end) {}
