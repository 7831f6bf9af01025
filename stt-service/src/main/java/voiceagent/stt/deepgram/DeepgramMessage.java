package voiceagent.stt.deepgram;

import java.util.List;
import java.util.OptionalDouble;

/// What Deepgram says on `/v1/listen` and `/v2/listen`. Times are seconds of the audio sent on this
/// connection. Source: Deepgram API reference, "Live Audio" and "Turn-based Audio (Flux)".
sealed interface DeepgramMessage {
  /// A transcript of a span of audio; `/v1/listen`.
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

  /// Comes after CloseStream, and at other times; `/v1/listen`.
  record Metadata() implements DeepgramMessage {}

  /// A turn so far; `/v2/listen`.
  ///
  /// @param transcript the whole turn, replacing what was told of it before
  /// @param words with times; empty where one of them has none
  /// @param end of the audio that was looked at
  /// @param confidence that the turn is over
  /// @param trigger what ended it: "model", "manual", "timeout", or one we do not know; else empty
  record TurnInfo(
      Event event,
      String transcript,
      List<HeardWord> words,
      double start,
      double end,
      double confidence,
      String trigger)
      implements DeepgramMessage {
    enum Event {
      START_OF_TURN,
      /// And any event that we do not know.
      UPDATE,
      EAGER_END_OF_TURN,
      TURN_RESUMED,
      END_OF_TURN
    }

    OptionalDouble wordConfidence() {
      return words.stream().mapToDouble(HeardWord::confidence).average();
    }
  }

  /// First message of `/v2/listen`.
  record Connected() implements DeepgramMessage {}

  /// The answer to Configure; `/v2/listen`.
  record Configured(boolean done) implements DeepgramMessage {}

  /// `Error`: not in the reference of v1, but seen from older deployments.
  ///
  /// @param code of v2, such as "UNPARSABLE_CLIENT_MESSAGE"; may be empty
  record Trouble(String code, String description) implements DeepgramMessage {}

  /// A type we do not know; kept, so that a new one of Deepgram's never ends a call.
  record Unknown(String type) implements DeepgramMessage {}
}
