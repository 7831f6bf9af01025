package voiceagent.gateway.stage;

import voiceagent.v1.ActionOutcome;
import voiceagent.v1.ActionResult;
import voiceagent.v1.CancelReply;
import voiceagent.v1.CloseConversation;
import voiceagent.v1.CommitReply;
import voiceagent.v1.ConverseRequest;
import voiceagent.v1.DtmfReceived;
import voiceagent.v1.Played;
import voiceagent.v1.Said;
import voiceagent.v1.Utterance;

/// What the brain is told, in the contract's messages.
final class BrainRequests {
  private BrainRequests() {}

  /// @param speculative the turn may go on
  static ConverseRequest utterance(long turn, long reply, String text, boolean speculative) {
    return ConverseRequest.newBuilder()
        .setUtterance(
            Utterance.newBuilder()
                .setTurn(turn)
                .setReply(reply)
                .setText(text)
                .setSpeculative(speculative))
        .build();
  }

  static ConverseRequest commit(long reply) {
    return ConverseRequest.newBuilder().setCommit(CommitReply.newBuilder().setReply(reply)).build();
  }

  static ConverseRequest cancel(long reply) {
    return ConverseRequest.newBuilder().setCancel(CancelReply.newBuilder().setReply(reply)).build();
  }

  static ConverseRequest played(long reply, String heard, boolean whole) {
    return ConverseRequest.newBuilder()
        .setPlayed(Played.newBuilder().setReply(reply).setHeard(heard).setComplete(whole))
        .build();
  }

  static ConverseRequest said(long reply, String heard, SaidKind kind) {
    return ConverseRequest.newBuilder()
        .setSaid(Said.newBuilder().setReply(reply).setText(heard).setKind(kind.onTheWire()))
        .build();
  }

  static ConverseRequest dtmf(char digit) {
    return ConverseRequest.newBuilder()
        .setDtmf(DtmfReceived.newBuilder().setDigits(String.valueOf(digit)))
        .build();
  }

  static ConverseRequest result(String id, ActionOutcome outcome, String digits, String detail) {
    return ConverseRequest.newBuilder()
        .setActionResult(
            ActionResult.newBuilder()
                .setId(id)
                .setOutcome(outcome)
                .setDigits(digits)
                .setDetail(detail))
        .build();
  }

  static ConverseRequest close(String reason) {
    return ConverseRequest.newBuilder()
        .setClose(CloseConversation.newBuilder().setReason(reason))
        .build();
  }
}
