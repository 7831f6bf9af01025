package voiceagent.gateway.call;

/// What another gateway needs to go on with a call whose stream was lost.
///
/// A class, not a record: it holds an array.
///
/// @see Checkpoints
final class SavedCall {
  /// How often a lost stream is resumed in a call.
  static final int MAX_RECONNECTS = 3;

  private final long turn;
  private final long reply;
  private final int reconnects;
  private final byte[] conversation;
  private final CallOutcome outcome;

  /// A call whose stream is live, or was lost.
  ///
  /// @param turn the caller's newest turn
  /// @param reply the newest reply: no number is used twice in a call
  /// @param reconnects how often the stream was resumed so far
  /// @param conversation as `Brain` told it
  SavedCall(long turn, long reply, int reconnects, byte[] conversation) {
    this(turn, reply, reconnects, conversation, new CallOutcome.Lost());
  }

  /// @param outcome what becomes of the call if its stream is over
  SavedCall(long turn, long reply, int reconnects, byte[] conversation, CallOutcome outcome) {
    this.turn = turn;
    this.reply = reply;
    this.reconnects = reconnects;
    this.conversation = conversation;
    this.outcome = outcome;
  }

  /// The same, resumed once more.
  SavedCall resumed() {
    return new SavedCall(turn, reply, reconnects + 1, conversation);
  }

  /// What is known of a call whose stream has ended for good; its words are not needed any more.
  static SavedCall over(int reconnects, CallOutcome outcome) {
    return new SavedCall(0, 0, reconnects, new byte[0], outcome);
  }

  long turn() {
    return turn;
  }

  long reply() {
    return reply;
  }

  int reconnects() {
    return reconnects;
  }

  byte[] conversation() {
    return conversation;
  }

  CallOutcome outcome() {
    return outcome;
  }
}
