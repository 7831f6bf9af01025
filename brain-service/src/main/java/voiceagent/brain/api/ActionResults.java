package voiceagent.brain.api;

import voiceagent.v1.ActionResult;

/// What became of an action, in words for the model.
final class ActionResults {
  private ActionResults() {}

  static String words(ActionResult result) {
    return switch (result.getOutcome()) {
      case ACTION_OUTCOME_DONE ->
          result.getDigits().isEmpty()
              ? "done"
              : "the caller entered: " + String.join(" ", result.getDigits().split("", -1)).strip();
      case ACTION_OUTCOME_TIMED_OUT -> "nothing was entered in time";
      case ACTION_OUTCOME_CANCELLED -> "cancelled: the caller went on";
      case ACTION_OUTCOME_FAILED, ACTION_OUTCOME_UNSPECIFIED, UNRECOGNIZED ->
          "failed" + (result.getDetail().isEmpty() ? "" : ": " + result.getDetail());
    };
  }
}
