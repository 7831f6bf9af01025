package voiceagent.gateway.call;

import java.util.List;
import java.util.Optional;
import voiceagent.gateway.playout.Carrier;

/// All calls of this gateway, as Twilio's webhooks and streams see them. Any thread.
public interface Calls {
  /// Reserves all that a call needs; blocks for 1.8 s at most. What is reserved and not claimed in
  /// 10 s is released.
  Admission reserve(CallInfo call);

  /// Gives a reserved call its stream and starts it. A call that was reserved elsewhere, or not at
  /// all, is reserved here first; blocks for 1.8 s at most.
  ///
  /// @return empty if the call cannot be taken
  Optional<CallLine> claim(CallInfo call, Carrier carrier);

  /// What becomes of a call whose stream is over.
  AfterStream after(CallInfo call);

  /// Calls that are live here.
  List<CallView> list();

  /// A call that is live here.
  Optional<CallView> find(String callSid);

  /// Ends a call: gives up what was reserved, or hangs up.
  ///
  /// @param reason one word for logs and metrics
  /// @return false if it is not here
  boolean end(String callSid, String reason);
}
