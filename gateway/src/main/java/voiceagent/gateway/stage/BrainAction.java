package voiceagent.gateway.stage;

import voiceagent.v1.Action;

/// Something the brain wants done when its reply was heard.
public sealed interface BrainAction {
  record HangUp(String reason) implements BrainAction {}

  /// @param destination E.164 number or SIP URI; never logged
  record Transfer(String destination) implements BrainAction {}

  /// An action of the contract that this gateway does not carry out.
  record Unsupported(String name) implements BrainAction {}

  /// Our word for the contract's message.
  static BrainAction of(Action action) {
    return switch (action.getActionCase()) {
      case HANG_UP -> new HangUp(action.getHangUp().getReason());
      case TRANSFER -> new Transfer(action.getTransfer().getDestination());
      case SEND_DTMF, COLLECT_DTMF, ACTION_NOT_SET ->
          new Unsupported(action.getActionCase().name());
    };
  }
}
