package voiceagent.tts.api;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import java.util.List;
import voiceagent.kit.audio.AudioFrame;
import voiceagent.tts.synthesize.SoundSource;
import voiceagent.tts.synthesize.SynthesisEvent;
import voiceagent.tts.synthesize.TimedWord;
import voiceagent.tts.synthesize.VoiceChoice;
import voiceagent.v1.ClauseDone;
import voiceagent.v1.DescribeResponse;
import voiceagent.v1.Failed;
import voiceagent.v1.FailureClass;
import voiceagent.v1.ReplyAudio;
import voiceagent.v1.ReplyWords;
import voiceagent.v1.SpeakResponse;
import voiceagent.v1.SpeechDone;
import voiceagent.v1.Voice;
import voiceagent.v1.Word;

/// Our events to the contract's messages, and its voice to ours.
final class Messages {
  private Messages() {}

  /// @throws IllegalArgumentException if the speed is none that voices have
  static VoiceChoice voice(Voice voice) {
    return new VoiceChoice(
        voice.getVoice(), voice.getLanguage(), voice.getSpeed(), voice.getPronunciation());
  }

  static DescribeResponse described(SoundSource source) {
    return DescribeResponse.newBuilder()
        .setProvider(source.provider())
        .setModel(source.model())
        .setVoice(source.voice())
        .build();
  }

  static SpeakResponse response(SynthesisEvent event) {
    SpeakResponse.Builder response = SpeakResponse.newBuilder();
    switch (event) {
      case SynthesisEvent.Audio(long reply, int clause, long offset, AudioFrame audio) ->
          response.setAudio(
              ReplyAudio.newBuilder()
                  .setReply(reply)
                  .setClause(clause)
                  .setOffsetSamples(offset)
                  .setAudio(bytes(audio)));
      case SynthesisEvent.Words(long reply, int clause, List<TimedWord> words) ->
          response.setWords(
              ReplyWords.newBuilder()
                  .setReply(reply)
                  .setClause(clause)
                  .addAllWords(words.stream().map(Messages::word).toList()));
      case SynthesisEvent.ClauseDone(long reply, int clause, long end) ->
          response.setClauseDone(
              ClauseDone.newBuilder().setReply(reply).setClause(clause).setEndOffsetSamples(end));
      case SynthesisEvent.Done done ->
          response.setDone(
              SpeechDone.newBuilder()
                  .setReply(done.reply())
                  .setFirstAudioMicros(done.firstAudio().toNanos() / 1000)
                  .setStageMicros(done.stage().toNanos() / 1000)
                  .setCharacters(done.characters())
                  .setProviderRequestId(done.requestId()));
      case SynthesisEvent.Failed failed -> response.setFailed(failed(failed));
    }
    return response.build();
  }

  static Failed failed(SynthesisEvent.Failed failed) {
    return Failed.newBuilder()
        .setReply(failed.reply())
        .setFailureClass(
            failed.permanent()
                ? FailureClass.FAILURE_CLASS_PERMANENT
                : FailureClass.FAILURE_CLASS_TRANSIENT)
        .setProvider(failed.provider())
        .setDetail(failed.detail())
        .setRetryAfterMs(failed.retryAfter().toMillis())
        .setProviderRequestId(failed.requestId())
        .build();
  }

  static Word word(TimedWord word) {
    return Word.newBuilder()
        .setText(word.text())
        .setStartSamples(word.start())
        .setEndSamples(word.end())
        .build();
  }

  /// Frames are never changed, so their bytes need no copy.
  private static ByteString bytes(AudioFrame audio) {
    return UnsafeByteOperations.unsafeWrap(audio.mulaw());
  }
}
