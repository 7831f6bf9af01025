package voiceagent.gateway.stage;

/// Told what became of an action of the brain's; once for each.
public interface ActionResults {
  /// It was carried out.
  ///
  /// @param digits collected; empty otherwise
  void actionDone(String id, String digits);

  /// Its reply was cancelled before it began.
  void actionCancelled(String id);

  /// What it waited for did not come.
  void actionTimedOut(String id);

  /// It could not be carried out.
  void actionFailed(String id, String detail);
}
