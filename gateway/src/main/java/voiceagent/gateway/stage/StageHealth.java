package voiceagent.gateway.stage;

/// Told how a call's stream to a stage fares. On the call's thread.
public interface StageHealth {
  /// The stage has a place for the call, for the first time or again.
  void up(StageName stage);

  /// The stream is lost and could not be had again so far; attempts go on.
  ///
  /// @param full the stage refused because it has no place
  void down(StageName stage, boolean full, String cause);

  /// The stage cannot be had again: attempts are over.
  void gone(StageName stage, String cause);
}
