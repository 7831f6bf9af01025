package voiceagent.gateway.stage;

import voiceagent.kit.config.Settings;

/// Where the stages are: gRPC targets, each over all addresses it resolves to, in turn.
///
/// @param stt `STT_TARGET`, such as `dns:///stt-service:7861`
/// @param brain `BRAIN_TARGET`
/// @param tts `TTS_TARGET`
public record StageTargets(String stt, String brain, String tts) {
  public static StageTargets from(Settings settings) {
    return new StageTargets(
        settings.text("STT_TARGET"), settings.text("BRAIN_TARGET"), settings.text("TTS_TARGET"));
  }
}
