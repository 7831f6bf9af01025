package voiceagent.gateway.call;

/// What another gateway needs to go on with a call whose stream was lost.
///
/// A class, not a record: it holds an array.
///
/// @see Checkpoints
final class SavedCall {
  private final long turn;
  private final long reply;
  private final int reconnects;
  private final byte[] conversation;

  /// @param turn the caller's newest turn
  /// @param reply the newest reply: no number is used twice in a call
  /// @param reconnects how often the stream was resumed so far
  /// @param conversation as `Brain` told it
  SavedCall(long turn, long reply, int reconnects, byte[] conversation) {
    this.turn = turn;
    this.reply = reply;
    this.reconnects = reconnects;
    this.conversation = conversation;
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
}
