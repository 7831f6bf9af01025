package voiceagent.gateway.call;

/// How a call's stream ended, and what that means for the call.
sealed interface CallOutcome {
  /// The stream is gone and nobody asked for it: the call goes on.
  record Lost() implements CallOutcome {}

  /// Twilio stopped the stream, because the call is over or moved on.
  record Stopped() implements CallOutcome {}

  record HangUp() implements CallOutcome {}

  /// @param destination E.164 number or SIP URI; never logged
  record Transfer(String destination) implements CallOutcome {}
}
