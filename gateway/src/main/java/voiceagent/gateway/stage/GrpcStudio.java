package voiceagent.gateway.stage;

import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import voiceagent.gateway.clip.Clip;
import voiceagent.gateway.clip.ClipCache;
import voiceagent.gateway.clip.ClipVoice;
import voiceagent.gateway.playout.HeardLedger.TimedWord;
import voiceagent.v1.AudioFormat;
import voiceagent.v1.DescribeRequest;
import voiceagent.v1.DescribeResponse;
import voiceagent.v1.RenderRequest;
import voiceagent.v1.RenderResponse;
import voiceagent.v1.TextToSpeechGrpc;
import voiceagent.v1.Voice;

/// Has clips made by the speech stage.
final class GrpcStudio implements ClipCache.Studio {
  private static final long DESCRIBE_SECONDS = 2;

  /// The stage gives up after 30.
  private static final long RENDER_SECONDS = 35;

  private final Channel tts;

  GrpcStudio(Channel tts) {
    this.tts = tts;
  }

  @Override
  public String source(ClipVoice voice) throws IOException {
    try {
      DescribeResponse source =
          stub(DESCRIBE_SECONDS)
              .describe(DescribeRequest.newBuilder().setVoice(voice(voice)).build());
      return source.getProvider() + "\n" + source.getModel() + "\n" + source.getVoice();
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() == Status.Code.UNIMPLEMENTED) {
        return "";
      }
      throw new IOException("the speech stage does not answer: " + e.getStatus().getCode(), e);
    }
  }

  @Override
  public Optional<Clip> render(ClipVoice voice, String text) throws IOException {
    try {
      RenderResponse made =
          stub(RENDER_SECONDS)
              .render(
                  RenderRequest.newBuilder()
                      .setVoice(voice(voice))
                      .setText(text)
                      .setFormat(AudioFormat.AUDIO_FORMAT_MULAW_8000)
                      .build());
      return Optional.of(
          new Clip(
              made.getAudio().toByteArray(),
              made.getWordsList().stream()
                  .map(w -> new TimedWord(w.getText(), w.getStartSamples(), w.getEndSamples()))
                  .toList()));
    } catch (StatusRuntimeException e) {
      return switch (e.getStatus().getCode()) {
        case INVALID_ARGUMENT, FAILED_PRECONDITION, UNIMPLEMENTED -> Optional.empty();
        case Status.Code other -> throw new IOException("a clip was not made: " + other, e);
      };
    }
  }

  private TextToSpeechGrpc.TextToSpeechBlockingStub stub(long seconds) {
    return TextToSpeechGrpc.newBlockingStub(tts).withDeadlineAfter(seconds, TimeUnit.SECONDS);
  }

  private static Voice voice(ClipVoice voice) {
    return Voice.newBuilder()
        .setVoice(voice.id())
        .setLanguage(voice.language())
        .setSpeed((float) voice.speed())
        .setPronunciation(voice.pronunciation())
        .build();
  }
}
