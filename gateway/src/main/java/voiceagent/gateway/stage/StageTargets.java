package voiceagent.gateway.stage;

import voiceagent.kit.config.Settings;
import voiceagent.kit.grpc.Replicas;

/// Where the stages are: targets with commas between them, each over all addresses it resolves to.
///
/// @param stt `STT_TARGET`, such as `dns:///stt-service:7861` or `10.0.0.1:7861,10.0.0.2:7861`
/// @param brain `BRAIN_TARGET`
/// @param tts `TTS_TARGET`
public record StageTargets(String stt, String brain, String tts) {
  public static StageTargets from(Settings settings) {
    return new StageTargets(
        target(settings, "STT_TARGET"),
        target(settings, "BRAIN_TARGET"),
        target(settings, "TTS_TARGET"));
  }

  private static String target(Settings settings, String name) {
    String target = settings.text(name);
    if (!target.isEmpty() && !Replicas.areTargets(target)) {
      settings.problem(
          name
              + " is "
              + target
              + ", expected host:port or dns:///host:port, or several with commas between them");
    }
    return target;
  }
}
