package voiceagent.tts.synthesize;

import java.time.Duration;
import java.util.List;
import voiceagent.kit.audio.AudioFrame;

/// What becomes of a reply's clauses: `Audio` in order, `Words` beside it, a `ClauseDone` for each
/// clause in order, then `Done` or `Failed`; nothing after a cancel.
///
/// Offsets are samples at 8000 Hz since the reply's audio began on this session, whatever the
/// provider's connections and contexts did meanwhile.
public sealed interface SynthesisEvent {
  /// @param offset of the first sample
  record Audio(long reply, int clause, long offset, AudioFrame audio) implements SynthesisEvent {}

  /// May come before or after the audio of the words; each word once.
  record Words(long reply, int clause, List<TimedWord> words) implements SynthesisEvent {}

  /// @param end first sample after the clause
  record ClauseDone(long reply, int clause, long end) implements SynthesisEvent {}

  /// @param firstAudio from the first clause in to the first audio out; zero if there was none
  /// @param stage the part of it that is not the provider's
  /// @param characters sent to the provider
  /// @param requestId the provider's name for what it did
  record Done(long reply, Duration firstAudio, Duration stage, long characters, String requestId)
      implements SynthesisEvent {}

  /// No more of a reply comes; of reply 0: the session can not go on.
  ///
  /// @param permanent a new session would fail as well
  /// @param provider who failed: a provider's name, or "stage"
  /// @param detail for logs: no words of the reply
  /// @param retryAfter zero if unknown
  record Failed(
      long reply,
      boolean permanent,
      String provider,
      String detail,
      Duration retryAfter,
      String requestId)
      implements SynthesisEvent {}
}
