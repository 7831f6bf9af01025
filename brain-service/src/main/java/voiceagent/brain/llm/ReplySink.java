package voiceagent.brain.llm;

/// Takes a reply while a model writes it. On the thread that asks.
public interface ReplySink {
  /// The next words, or pieces of them.
  void text(String text);

  /// Whether anything of the reply was given on already: then no other model begins it again.
  boolean isSpoken();

  /// What came is void; the reply begins again.
  void restart();
}
