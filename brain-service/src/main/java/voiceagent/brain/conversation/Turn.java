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

  /// Keys that the caller pressed unasked, and that no tool waited for.
  record Keys(String text) implements Turn {
    @Override
    public long reply() {
      return 0;
    }
  }

  /// A tool that the model called, and what came of it.
  ///
  /// @param id unique in the call
  /// @param arguments JSON
  /// @param text the result; until there is one what the model is told meanwhile
  /// @param action the gateway does it, after what the reply said was heard
  /// @param settled there is a result: it is the only one (L24)
  record Called(
      long reply,
      String id,
      String name,
      String arguments,
      boolean action,
      String text,
      boolean settled)
      implements Turn {}
}
