package voiceagent.gateway.stage;

/// The three stages; lower case in logs, metrics and settings.
public enum StageName {
  STT,
  BRAIN,
  TTS;

  @Override
  public String toString() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
