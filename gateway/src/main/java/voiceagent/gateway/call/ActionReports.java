package voiceagent.gateway.call;

import voiceagent.gateway.record.CallRecord;
import voiceagent.gateway.stage.ActionResults;

/// What became of actions: brain and record are told, and the brain is asked for an answer to the
/// digits that it waited for. On the call's thread.
final class ActionReports implements ActionResults {
  private final ActionResults brain;
  private final CallRecord record;
  private final Runnable keysPressed;

  /// @param keysPressed runs when there are digits, or none came in time
  ActionReports(ActionResults brain, CallRecord record, Runnable keysPressed) {
    this.brain = brain;
    this.record = record;
    this.keysPressed = keysPressed;
  }

  @Override
  public void actionDone(String id, String digits) {
    brain.actionDone(id, digits);
    record.action(id, "done");
    if (!digits.isEmpty()) {
      keysPressed.run();
    }
  }

  @Override
  public void actionCancelled(String id) {
    brain.actionCancelled(id);
    record.action(id, "cancelled");
  }

  @Override
  public void actionTimedOut(String id) {
    brain.actionTimedOut(id);
    record.action(id, "timed-out");
    keysPressed.run();
  }

  @Override
  public void actionFailed(String id, String detail) {
    brain.actionFailed(id, detail);
    record.action(id, "failed");
  }
}
