package voiceagent.tts.api;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import voiceagent.kit.grpc.Replica;
import voiceagent.kit.grpc.ServerStream;
import voiceagent.kit.observe.CallScope;
import voiceagent.tts.synthesize.SynthesisEvent;
import voiceagent.tts.synthesize.Synthesizer;
import voiceagent.v1.AudioFormat;
import voiceagent.v1.Draining;
import voiceagent.v1.OpenSpeech;
import voiceagent.v1.Opened;
import voiceagent.v1.SpeakRequest;
import voiceagent.v1.SpeakResponse;

/// One call's stream: what the gateway asks goes to the session, what the session tells goes back.
/// On the stream's event loop.
final class SpeakStream implements StreamObserver<SpeakRequest> {
  private static final Logger LOG = System.getLogger(SpeakStream.class.getName());
  private static final int CONTRACT = 1;
  private static final int OPEN_WITHIN_SECONDS = 5;

  private final Synthesizer synthesizer;
  private final EventLoop loop;
  private final ServerStream<SpeakResponse> out;
  private String call = "";
  private Synthesizer.@Nullable Session session;
  private @Nullable ScheduledFuture<?> unopened;

  private SpeakStream(
      Synthesizer synthesizer,
      EventLoop loop,
      StreamObserver<SpeakResponse> responses,
      Consumer<SpeakStream> onEnd) {
    this.synthesizer = synthesizer;
    this.loop = loop;
    out =
        ServerStream.of(
            responses,
            () -> {
              close();
              onEnd.accept(this);
            });
  }

  /// Takes a stream over; call within the RPC's method.
  ///
  /// @param onEnd told once when the stream is over
  static SpeakStream begin(
      Synthesizer synthesizer,
      EventLoop loop,
      StreamObserver<SpeakResponse> responses,
      Consumer<SpeakStream> onEnd) {
    SpeakStream stream = new SpeakStream(synthesizer, loop, responses, onEnd);
    stream.unopened =
        loop.schedule(
            () ->
                stream.wrong(
                    "no open came within " + OPEN_WITHIN_SECONDS + " s, expected it first"),
            OPEN_WITHIN_SECONDS,
            TimeUnit.SECONDS);
    return stream;
  }

  @Override
  public void onNext(SpeakRequest request) {
    CallScope.run(
        call,
        () -> {
          try {
            handle(request);
          } catch (IllegalArgumentException e) {
            wrong(String.valueOf(e.getMessage()));
          } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "a request failed", e);
            out.fail(Status.INTERNAL.withDescription("the stage failed"));
          }
        });
  }

  private void handle(SpeakRequest request) {
    Synthesizer.Session speaking = session;
    if (speaking == null) {
      if (request.hasOpen()) {
        open(request.getOpen());
      } else {
        wrong("the first message is no open");
      }
      return;
    }
    switch (request.getMessageCase()) {
      case OPEN -> wrong("a second open came, expected one");
      case CLAUSE -> {
        var clause = request.getClause();
        if (clause.getReply() <= 0) {
          wrong("reply is " + clause.getReply() + ", expected 1 or more");
          return;
        }
        speaking.speak(clause.getReply(), clause.getClause(), clause.getText(), clause.getLast());
      }
      case CANCEL -> speaking.cancel(request.getCancel().getReply());
      case UPDATE -> speaking.voice(Messages.voice(request.getUpdate().getVoice()));
      case CLOSE -> {
        LOG.log(Level.DEBUG, "closed by the gateway: {0}", request.getClose().getReason());
        onCompleted();
      }
      case MESSAGE_NOT_SET -> LOG.log(Level.DEBUG, "a message of a newer contract was dropped");
    }
  }

  private void open(OpenSpeech open) {
    AudioFormat format = open.getFormat();
    if (format != AudioFormat.AUDIO_FORMAT_MULAW_8000
        && format != AudioFormat.AUDIO_FORMAT_UNSPECIFIED) {
      wrong("format is " + open.getFormatValue() + ", expected AUDIO_FORMAT_MULAW_8000");
      return;
    }
    call = open.getContext().getCall();
    if (unopened != null) {
      unopened.cancel(false);
    }
    session = synthesizer.open(call, loop, Messages.voice(open.getVoice()), this::tell);
    out.send(
        SpeakResponse.newBuilder()
            .setOpened(
                Opened.newBuilder()
                    .setContractVersion(CONTRACT)
                    .setReplica(Replica.name())
                    .addCapabilities("word_times")
                    .addCapabilities("render"))
            .build());
    CallScope.run(call, () -> LOG.log(Level.DEBUG, "opened"));
  }

  private void tell(SynthesisEvent event) {
    out.send(Messages.response(event));
  }

  private void wrong(String what) {
    LOG.log(Level.WARNING, "stream refused: {0}", what);
    close();
    out.fail(Status.INVALID_ARGUMENT.withDescription(what));
  }

  /// Any thread.
  void draining(Duration grace) {
    out.send(
        SpeakResponse.newBuilder()
            .setDraining(Draining.newBuilder().setDeadlineMs(grace.toMillis()))
            .build());
  }

  /// Ends the session; any thread, harmless when repeated.
  void close() {
    if (loop.inEventLoop()) {
      end();
    } else {
      loop.execute(this::end);
    }
  }

  private void end() {
    if (unopened != null) {
      unopened.cancel(false);
    }
    if (session != null) {
      session.close();
    }
  }

  @Override
  public void onError(Throwable error) {
    // the stream's end was told already
  }

  @Override
  public void onCompleted() {
    close();
    out.complete();
  }
}
