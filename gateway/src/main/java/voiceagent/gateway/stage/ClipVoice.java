package voiceagent.gateway.stage;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.concurrent.TimeUnit;
import voiceagent.kit.agent.Agent;
import voiceagent.kit.grpc.EventLoops;
import voiceagent.kit.grpc.StageChannel;
import voiceagent.v1.AudioFormat;
import voiceagent.v1.RenderRequest;
import voiceagent.v1.TextToSpeechGrpc;
import voiceagent.v1.Voice;

/// Has sentences made into audio as a whole. Blocks.
public final class ClipVoice implements AutoCloseable {
  private static final long WITHIN_SECONDS = 60;

  private final EventLoops loops = new EventLoops(1);
  private final String target;
  private final ManagedChannel channel;

  /// @param target `TTS_TARGET`
  public ClipVoice(String target) {
    this.target = target;
    channel = StageChannel.to(target, loops);
  }

  /// A sentence in an agent's voice: mu-law, 8000 Hz.
  ///
  /// @throws IllegalStateException if the speech stage cannot
  public byte[] render(Agent agent, String text) {
    try {
      return rendered(agent, text);
    } catch (StatusRuntimeException e) {
      String why =
          e.getStatus().getCode() == Status.Code.UNAVAILABLE
              ? "it cannot be reached"
              : e.getStatus().getCode() + " " + e.getStatus().getDescription();
      throw new IllegalStateException("tts-service at " + target + " (TTS_TARGET): " + why, e);
    }
  }

  private byte[] rendered(Agent agent, String text) {
    return TextToSpeechGrpc.newBlockingStub(channel)
        .withDeadlineAfter(WITHIN_SECONDS, TimeUnit.SECONDS)
        .render(
            RenderRequest.newBuilder()
                .setVoice(
                    Voice.newBuilder()
                        .setVoice(agent.voice().id())
                        .setSpeed((float) agent.voice().speed())
                        .setLanguage(agent.language()))
                .setText(text)
                .setFormat(AudioFormat.AUDIO_FORMAT_MULAW_8000)
                .build())
        .getAudio()
        .toByteArray();
  }

  @Override
  public void close() {
    channel.shutdownNow();
    loops.close();
  }
}
