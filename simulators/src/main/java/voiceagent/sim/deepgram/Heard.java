package voiceagent.sim.deepgram;

import java.util.List;
import voiceagent.sim.speech.SpokenWord;

/// What the recogniser behind `/v1/listen` has to say. Times are samples of this connection's
/// audio.
sealed interface Heard {
  /// A transcript of the span from `start` to `end`.
  ///
  /// @param last the span is settled: `is_final`
  /// @param pause speech has ended: `speech_final`
  /// @param asked the answer to Finalize: `from_finalize`
  record Results(
      long start, long end, List<SpokenWord> words, boolean last, boolean pause, boolean asked)
      implements Heard {
    String transcript() {
      return String.join(" ", words.stream().map(SpokenWord::text).toList());
    }
  }

  record SpeechStarted(long at) implements Heard {}

  record UtteranceEnd(long lastWordEnd) implements Heard {}
}
