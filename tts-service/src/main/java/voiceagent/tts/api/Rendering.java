package voiceagent.tts.api;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.ByteArrayOutputStream;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import voiceagent.kit.grpc.ServerStream;
import voiceagent.tts.synthesize.SynthesisEvent;
import voiceagent.tts.synthesize.Synthesizer;
import voiceagent.v1.AudioFormat;
import voiceagent.v1.RenderRequest;
import voiceagent.v1.RenderResponse;

/// A clip in the making: a session of its own that speaks one reply. On the RPC's event loop.
final class Rendering {
  private static final int MAX_CHARACTERS = 2000;
  private static final int MAX_AUDIO = 900_000; // a message may have 1 MiB, words included
  private static final int WITHIN_SECONDS = 30;

  private final ServerStream<RenderResponse> out;
  private final RenderResponse.Builder response = RenderResponse.newBuilder();
  private final ByteArrayOutputStream audio = new ByteArrayOutputStream();
  private Synthesizer.@Nullable Session session;
  private @Nullable ScheduledFuture<?> overdue;

  private Rendering(StreamObserver<RenderResponse> responses, Runnable onEnd) {
    out =
        ServerStream.of(
            responses,
            () -> {
              end();
              onEnd.run();
            });
  }

  /// @param onEnd told once when the RPC is over
  static void begin(
      Synthesizer synthesizer,
      EventLoop loop,
      RenderRequest request,
      StreamObserver<RenderResponse> responses,
      Runnable onEnd) {
    new Rendering(responses, onEnd).start(synthesizer, loop, request);
  }

  private void start(Synthesizer synthesizer, EventLoop loop, RenderRequest request) {
    String text = request.getText();
    if (text.isBlank() || text.length() > MAX_CHARACTERS) {
      fail(
          Status.INVALID_ARGUMENT,
          "text has " + text.length() + " characters, expected 1 to " + MAX_CHARACTERS);
      return;
    }
    if (request.getFormat() != AudioFormat.AUDIO_FORMAT_MULAW_8000
        && request.getFormat() != AudioFormat.AUDIO_FORMAT_UNSPECIFIED) {
      fail(
          Status.INVALID_ARGUMENT,
          "format is " + request.getFormatValue() + ", expected AUDIO_FORMAT_MULAW_8000");
      return;
    }
    try {
      session =
          synthesizer.open("render", loop, Messages.voice(request.getVoice()), this::received);
    } catch (IllegalArgumentException e) {
      fail(Status.INVALID_ARGUMENT, String.valueOf(e.getMessage()));
      return;
    }
    overdue =
        loop.schedule(
            () ->
                fail(Status.DEADLINE_EXCEEDED, "the clip was not made in " + WITHIN_SECONDS + " s"),
            WITHIN_SECONDS,
            TimeUnit.SECONDS);
    session.speak(1, 0, text, true);
  }

  private void received(SynthesisEvent event) {
    switch (event) {
      case SynthesisEvent.Audio part -> {
        if (audio.size() + part.audio().length() > MAX_AUDIO) {
          fail(Status.INVALID_ARGUMENT, "the clip is longer than " + MAX_AUDIO / 8000 + " s");
        } else {
          audio.writeBytes(part.audio().mulaw());
        }
      }
      case SynthesisEvent.Words words ->
          words.words().forEach(w -> response.addWords(Messages.word(w)));
      case SynthesisEvent.ClauseDone _ -> {} // the only one
      case SynthesisEvent.Done _ -> {
        out.send(response.setAudio(ByteString.copyFrom(audio.toByteArray())).build());
        out.complete();
        end();
      }
      case SynthesisEvent.Failed failed ->
          fail(
              failed.permanent() ? Status.FAILED_PRECONDITION : Status.UNAVAILABLE,
              failed.provider() + ": " + failed.detail());
    }
  }

  private void fail(Status status, String why) {
    out.fail(status.withDescription(why));
    end();
  }

  private void end() {
    if (overdue != null) {
      overdue.cancel(false);
    }
    if (session != null) {
      session.close();
    }
  }
}
