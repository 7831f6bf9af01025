package voiceagent.gateway.call;

/// What Twilio shall do with a call whose media stream is over.
public sealed interface AfterStream {
  record HangUp() implements AfterStream {}

  /// @param destination E.164 number or SIP URI; never logged
  record Transfer(String destination) implements AfterStream {}

  /// The stream was lost and the call goes on: a new stream shall resume it.
  record Reconnect(CallInfo call) implements AfterStream {}

  /// The stream was lost too often: the call ends with a sentence.
  record GiveUp() implements AfterStream {}

  /// This gateway takes no calls any more; another one may.
  record AskAgain() implements AfterStream {}
}
