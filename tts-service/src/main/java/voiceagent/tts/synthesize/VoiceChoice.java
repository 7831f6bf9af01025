package voiceagent.tts.synthesize;

/// How a call's agent sounds. Empty and 0 mean the service's preset.
///
/// @param voice the provider's id
/// @param language BCP 47
/// @param speed 1 is the voice's own pace; 0.6 to 1.5
/// @param pronunciation id of a dictionary at the provider
public record VoiceChoice(String voice, String language, float speed, String pronunciation) {
  public static final float SLOWEST = 0.6f;
  public static final float FASTEST = 1.5f;

  /// @throws IllegalArgumentException if the speed is none that voices have
  public VoiceChoice {
    if (speed != 0 && !(speed >= SLOWEST && speed <= FASTEST)) {
      throw new IllegalArgumentException(
          "speed is " + speed + ", expected " + SLOWEST + " to " + FASTEST + ", or 0 for 1");
    }
  }
}
