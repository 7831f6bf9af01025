package voiceagent.stt.deepgram;

import java.util.List;

/// What Deepgram says on `/v1/listen`. Times are seconds of the audio sent on this connection.
/// Source: Deepgram API reference, "Live Audio".
sealed interface DeepgramMessage {
  /// A transcript of a span of audio.
  ///
  /// @param last the span is settled: `is_final`
  /// @param pause speech has ended: `speech_final`
  /// @param asked the answer to Finalize
  record Results(
      double start,
      double duration,
      String transcript,
      double confidence,
      List<HeardWord> words,
      boolean last,
      boolean pause,
      boolean asked)
      implements DeepgramMessage {
    double end() {
      return start + duration;
    }
  }

  /// @param text with punctuation where Deepgram gives it
  record HeardWord(String text, double start, double end, double confidence) {}

  record SpeechStarted(double timestamp) implements DeepgramMessage {}

  /// @param lastWordEnd below zero where Deepgram does not know
  record UtteranceEnd(double lastWordEnd) implements DeepgramMessage {}

  /// Comes after CloseStream, and at other times.
  record Metadata() implements DeepgramMessage {}

  /// `Error`: not in the reference of v1, but seen from older deployments.
  record Trouble(String description) implements DeepgramMessage {}

  /// A type we do not know; kept, so that a new one of Deepgram's never ends a call.
  record Unknown(String type) implements DeepgramMessage {}
}
