package voiceagent.stt.recognize;

import java.time.Duration;

/// What a recogniser says of a call, in the order of the audio. Offsets and word times are samples
/// since the call's `start`, whatever connections it took to hear them.
public sealed interface SpeechEvent {
  /// Voice, not yet words; may be missing, may repeat.
  record SpeechStarted(long offset) implements SpeechEvent {}

  /// A guess at the words since the last final; replaces the guess before it.
  record Interim(Transcript transcript) implements SpeechEvent {}

  /// Words that will not change; no word is told twice.
  ///
  /// @param pause the recogniser heard the pause that ends a stretch of speech
  record Final(Transcript transcript, boolean pause, Receipt receipt) implements SpeechEvent {}

  /// The caller's turn is probably over. Then either it is resumed, or it ends with the same text.
  ///
  /// @param text all words since the last end of turn, never empty
  /// @param confidence 0 to 1
  /// @param lastWordEnd first sample after the last word
  record EagerEndOfTurn(String text, double confidence, long lastWordEnd) implements SpeechEvent {}

  /// The caller went on after a probable end.
  record TurnResumed() implements SpeechEvent {}

  /// The caller's turn is over.
  ///
  /// @param text the finals since the last end of turn, never empty
  /// @param lastWordEnd first sample after the last word
  record EndOfTurn(String text, long lastWordEnd, TurnEnd trigger, Receipt receipt)
      implements SpeechEvent {}

  /// All audio before this offset lies in finals or in silence; never falls. Repeated every half
  /// second of audio, as a sign of life.
  record Confirmed(long offset) implements SpeechEvent {}

  /// The recogniser cannot go on; nothing follows.
  ///
  /// @param permanent asking again would fail as well: key, quota, model, parameters
  /// @param provider such as "deepgram"
  /// @param detail for logs: status, code and the provider's text
  /// @param retryAfter when it makes sense to ask again; zero when unknown
  record Failure(
      boolean permanent, String provider, String detail, Duration retryAfter, String requestId)
      implements SpeechEvent {}
}
