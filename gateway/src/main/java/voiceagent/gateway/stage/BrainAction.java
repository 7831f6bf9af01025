package voiceagent.gateway.stage;

import java.time.Duration;
import voiceagent.v1.Action;

/// Something the brain wants done when its reply was heard.
public sealed interface BrainAction {
  /// What ends the call here.
  sealed interface Ending extends BrainAction {}

  record HangUp(String reason) implements Ending {}

  /// @param destination E.164 number or SIP URI; never logged
  record Transfer(String destination) implements Ending {
    @Override
    public String toString() {
      return "Transfer";
    }
  }

  /// @param digits 0-9, *, #, A-D, w for a pause of 0.5 s; never logged
  record SendDtmf(String digits) implements BrainAction {
    @Override
    public String toString() {
      return "SendDtmf";
    }
  }

  /// @param maxDigits after which it is over, 1 at least
  /// @param timeout without a digit, after which it is over
  /// @param terminator the digit that ends it; empty for none
  record CollectDtmf(int maxDigits, Duration timeout, String terminator) implements BrainAction {}

  /// An action of a later contract.
  record Unknown() implements BrainAction {}

  /// Our word for the contract's message.
  static BrainAction of(Action action) {
    return switch (action.getActionCase()) {
      case HANG_UP -> new HangUp(action.getHangUp().getReason());
      case TRANSFER -> new Transfer(action.getTransfer().getDestination());
      case SEND_DTMF -> new SendDtmf(action.getSendDtmf().getDigits());
      case COLLECT_DTMF -> {
        var collect = action.getCollectDtmf();
        yield new CollectDtmf(
            Math.max(1, collect.getMaxDigits()),
            Duration.ofMillis(Math.clamp(collect.getTimeoutMs(), 500, 60_000)),
            collect.getTerminator());
      }
      case ACTION_NOT_SET -> new Unknown();
    };
  }
}
