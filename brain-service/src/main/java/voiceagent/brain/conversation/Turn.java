package voiceagent.brain.conversation;

/// An entry of a conversation, in the order in which they were spoken.
sealed interface Turn {
  /// As the gateway numbers them.
  long reply();

  String text();

  /// What the caller said.
  ///
  /// @param turn the caller's turn
  /// @param reply the reply it asked for
  /// @param speculative the turn may go on: a later text of it takes this one's place
  record Caller(long turn, long reply, String text, boolean speculative) implements Turn {}

  /// What the caller heard of something that the agent said.
  ///
  /// @param complete all of it
  record Agent(long reply, String text, boolean complete) implements Turn {}
}
