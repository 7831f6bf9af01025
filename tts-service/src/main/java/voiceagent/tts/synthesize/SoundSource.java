package voiceagent.tts.synthesize;

/// What makes a voice's audio: the same text by the same source sounds the same.
///
/// @param voice the provider's id, the preset one where none was asked for
public record SoundSource(String provider, String model, String voice) {}
