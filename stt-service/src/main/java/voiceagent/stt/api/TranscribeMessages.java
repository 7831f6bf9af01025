package voiceagent.stt.api;

import java.time.Duration;
import java.util.List;
import voiceagent.stt.recognize.RecognitionRequest;
import voiceagent.stt.recognize.SpeechEvent;
import voiceagent.stt.recognize.Transcript;
import voiceagent.stt.recognize.TurnEnd;
import voiceagent.stt.recognize.Word;
import voiceagent.v1.CallerAudio;
import voiceagent.v1.Confirmed;
import voiceagent.v1.Draining;
import voiceagent.v1.EagerEndOfTurn;
import voiceagent.v1.EndOfTurn;
import voiceagent.v1.EndOfTurnTrigger;
import voiceagent.v1.Failed;
import voiceagent.v1.FailureClass;
import voiceagent.v1.Final;
import voiceagent.v1.Interim;
import voiceagent.v1.OpenTranscription;
import voiceagent.v1.Opened;
import voiceagent.v1.SpeechStarted;
import voiceagent.v1.TranscribeResponse;
import voiceagent.v1.TurnResumed;
import voiceagent.v1.UpdateTranscription;

/// The contract's messages to this stage's words and back. Knows nothing else.
final class TranscribeMessages {
  private static final int VERSION = 1;
  private static final int MOST_AUDIO = 8000;
  private static final int MOST_ENDPOINTING_MS = 5000;
  private static final int MOST_KEYTERMS = 500;

  private TranscribeMessages() {}

  /// What is wrong with an `open`; empty if nothing is.
  static String problem(OpenTranscription open) {
    if (open.getResumeFromSamples() < 0) {
      return "resume_from_samples is " + open.getResumeFromSamples() + ", expected 0 or more";
    }
    return problem(open.getEndpointingMs(), open.getKeytermsCount());
  }

  /// What is wrong with an `update`; empty if nothing is.
  static String problem(UpdateTranscription update) {
    return problem(update.getEndpointingMs(), update.getKeyterms().getKeytermsCount());
  }

  private static String problem(int endpointingMs, int keyterms) {
    if (endpointingMs < 0 || endpointingMs > MOST_ENDPOINTING_MS) {
      return "endpointing_ms is " + endpointingMs + ", expected 0 to " + MOST_ENDPOINTING_MS;
    }
    if (keyterms > MOST_KEYTERMS) {
      return "keyterms has " + keyterms + " terms, expected " + MOST_KEYTERMS + " at most";
    }
    return "";
  }

  /// What is wrong with an `audio`; empty if nothing is.
  ///
  /// @param expected offset at which the last one ended
  static String problem(CallerAudio audio, long expected) {
    int size = audio.getAudio().size();
    if (size == 0 || size > MOST_AUDIO) {
      return "audio has " + size + " bytes, expected 1 to " + MOST_AUDIO;
    }
    if (audio.getOffsetSamples() != expected) {
      return "audio begins at sample "
          + audio.getOffsetSamples()
          + ", expected "
          + expected
          + (audio.getOffsetSamples() > expected ? ": a gap" : ": a repetition");
    }
    return "";
  }

  static RecognitionRequest request(OpenTranscription open) {
    return new RecognitionRequest(
        open.getContext().getCall(),
        open.getLanguage().strip(),
        open.getKeytermsList(),
        Duration.ofMillis(open.getEndpointingMs()),
        open.getResumeFromSamples());
  }

  /// A field that is not set stays as it is.
  static RecognitionRequest updated(RecognitionRequest request, UpdateTranscription update) {
    RecognitionRequest updated = request;
    if (update.hasEndpointingMs()) {
      updated = updated.withEndpointing(Duration.ofMillis(update.getEndpointingMs()));
    }
    if (update.hasKeyterms()) {
      updated = updated.withKeyterms(update.getKeyterms().getKeytermsList());
    }
    return updated;
  }

  static TranscribeResponse opened(String replica, List<String> capabilities) {
    return TranscribeResponse.newBuilder()
        .setOpened(
            Opened.newBuilder()
                .setContractVersion(VERSION)
                .setReplica(replica)
                .addAllCapabilities(capabilities))
        .build();
  }

  static TranscribeResponse draining(Duration grace) {
    return TranscribeResponse.newBuilder()
        .setDraining(Draining.newBuilder().setDeadlineMs(grace.toMillis()))
        .build();
  }

  /// A failure that is the stage's own, or the gateway's.
  static TranscribeResponse failed(boolean permanent, String detail) {
    return TranscribeResponse.newBuilder()
        .setFailed(
            Failed.newBuilder()
                .setFailureClass(failureClass(permanent))
                .setProvider("stage")
                .setDetail(detail))
        .build();
  }

  /// @param nanos now
  static TranscribeResponse response(SpeechEvent event, long nanos) {
    TranscribeResponse.Builder response = TranscribeResponse.newBuilder();
    switch (event) {
      case SpeechEvent.SpeechStarted(long offset) ->
          response.setSpeechStarted(SpeechStarted.newBuilder().setOffsetSamples(offset));
      case SpeechEvent.Interim(Transcript transcript) ->
          response.setInterim(
              Interim.newBuilder().setText(transcript.text()).addAllWords(words(transcript)));
      case SpeechEvent.Final spoken -> response.setFinal(finalOf(spoken, nanos));
      case SpeechEvent.EagerEndOfTurn(String text, double confidence, long lastWordEnd) ->
          response.setEagerEndOfTurn(
              EagerEndOfTurn.newBuilder()
                  .setText(text)
                  .setConfidence((float) confidence)
                  .setLastWordEndSamples(lastWordEnd));
      case SpeechEvent.TurnResumed() -> response.setTurnResumed(TurnResumed.getDefaultInstance());
      case SpeechEvent.EndOfTurn turn -> response.setEndOfTurn(endOf(turn, nanos));
      case SpeechEvent.Confirmed(long offset) ->
          response.setConfirmed(Confirmed.newBuilder().setOffsetSamples(offset));
      case SpeechEvent.Failure failure -> response.setFailed(failed(failure));
    }
    return response.build();
  }

  private static Final finalOf(SpeechEvent.Final spoken, long nanos) {
    Transcript transcript = spoken.transcript();
    return Final.newBuilder()
        .setText(transcript.text())
        .addAllWords(words(transcript))
        .setConfidence((float) transcript.confidence())
        .setSpeechFinal(spoken.pause())
        .setStageMicros((nanos - spoken.receipt().audioNanos()) / 1000)
        .setProviderRequestId(spoken.receipt().requestId())
        .build();
  }

  private static EndOfTurn endOf(SpeechEvent.EndOfTurn turn, long nanos) {
    return EndOfTurn.newBuilder()
        .setText(turn.text())
        .setLastWordEndSamples(turn.lastWordEnd())
        .setTrigger(trigger(turn.trigger()))
        .setStageMicros((nanos - turn.receipt().messageNanos()) / 1000)
        .setProviderRequestId(turn.receipt().requestId())
        .build();
  }

  private static Failed failed(SpeechEvent.Failure failure) {
    return Failed.newBuilder()
        .setFailureClass(failureClass(failure.permanent()))
        .setProvider(failure.provider())
        .setDetail(failure.detail())
        .setRetryAfterMs(failure.retryAfter().toMillis())
        .setProviderRequestId(failure.requestId())
        .build();
  }

  private static FailureClass failureClass(boolean permanent) {
    return permanent ? FailureClass.FAILURE_CLASS_PERMANENT : FailureClass.FAILURE_CLASS_TRANSIENT;
  }

  private static EndOfTurnTrigger trigger(TurnEnd end) {
    return switch (end) {
      case PAUSE -> EndOfTurnTrigger.END_OF_TURN_TRIGGER_ENDPOINTING;
      case WORD_GAP -> EndOfTurnTrigger.END_OF_TURN_TRIGGER_UTTERANCE_END;
      case MODEL -> EndOfTurnTrigger.END_OF_TURN_TRIGGER_MODEL;
      case SAFETY_TIMER -> EndOfTurnTrigger.END_OF_TURN_TRIGGER_SAFETY_TIMER;
      case ASKED -> EndOfTurnTrigger.END_OF_TURN_TRIGGER_FINALIZE;
    };
  }

  private static List<voiceagent.v1.Word> words(Transcript transcript) {
    return transcript.words().stream().map(TranscribeMessages::word).toList();
  }

  private static voiceagent.v1.Word word(Word word) {
    return voiceagent.v1.Word.newBuilder()
        .setText(word.text())
        .setStartSamples(word.start())
        .setEndSamples(word.end())
        .setConfidence((float) word.confidence())
        .build();
  }
}
