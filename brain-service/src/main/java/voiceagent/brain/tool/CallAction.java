package voiceagent.brain.tool;

import java.time.Duration;

/// Something that the gateway shall do once the reply was heard.
public sealed interface CallAction {
  /// @param reason one word
  record HangUp(String reason) implements CallAction {}

  /// @param destination E.164 number or SIP URI; never logged
  record Transfer(String destination) implements CallAction {
    @Override
    public String toString() {
      return "Transfer";
    }
  }

  /// @param digits 0-9, *, #, A-D, w; never logged
  record SendDigits(String digits) implements CallAction {
    @Override
    public String toString() {
      return "SendDigits";
    }
  }

  /// @param terminator the key that ends it; empty: none
  record CollectDigits(int most, Duration timeout, String terminator) implements CallAction {}
}
