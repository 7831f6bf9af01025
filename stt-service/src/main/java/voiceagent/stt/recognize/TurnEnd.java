package voiceagent.stt.recognize;

/// What made the stage say that a turn is over.
public enum TurnEnd {
  /// The pause after speech.
  PAUSE,
  /// A gap between words.
  WORD_GAP,
  /// The recogniser's own model of turns.
  MODEL,
  /// Neither came in time.
  SAFETY_TIMER,
  /// The gateway asked for it.
  ASKED
}
