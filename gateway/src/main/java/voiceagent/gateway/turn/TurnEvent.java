package voiceagent.gateway.turn;

/// What can change whose turn it is.
public sealed interface TurnEvent {
  /// The media stream has begun.
  ///
  /// @param resumed the call goes on after a lost stream: no greeting
  record Started(boolean resumed) implements TurnEvent {}

  /// Words of the caller's, interim or final: all of the current turn so far.
  ///
  /// @param mayInterrupt false while a clause is heard that must not be stopped
  record Words(String text, boolean mayInterrupt) implements TurnEvent {}

  /// The caller's turn is over.
  ///
  /// @param text all of it
  /// @param mayInterrupt as in [Words]
  record EndOfTurn(String text, boolean mayInterrupt) implements TurnEvent {}

  /// The caller's turn is probably over: the same words follow as its end, or it goes on.
  ///
  /// @param text all of it so far
  record ProbablyOver(String text) implements TurnEvent {}

  /// The caller's turn goes on after it was probably over.
  record GoesOn() implements TurnEvent {}

  /// The caller pressed keys that are to be answered, or a tool that waited for some has them.
  record KeysPressed() implements TurnEvent {}

  /// The first frame of a reply is on the wire.
  record ReplyStarted(long reply) implements TurnEvent {}

  /// All of a reply was heard.
  record ReplyHeard(long reply) implements TurnEvent {}

  /// A reply will not come, and nothing of it was heard.
  record ReplyFailed(long reply) implements TurnEvent {}

  /// The brain wants the call to end when this reply was heard.
  record HangUpAfter(long reply) implements TurnEvent {}

  /// Nobody has said anything for a while.
  record Silence() implements TurnEvent {}

  /// A stage cannot be had again: the call cannot go on.
  record StageGone() implements TurnEvent {}

  /// The call has reached its longest time.
  record TimeLimit() implements TurnEvent {}

  /// The stream or the call is over.
  record Stopped() implements TurnEvent {}
}
