package voiceagent.stt.api;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import voiceagent.kit.grpc.Replica;
import voiceagent.kit.grpc.ServerStream;
import voiceagent.kit.observe.CallScope;
import voiceagent.kit.time.Timers;
import voiceagent.stt.recognize.Recognition;
import voiceagent.stt.recognize.RecognitionRequest;
import voiceagent.stt.recognize.Recognizer;
import voiceagent.stt.recognize.SpeechEvent;
import voiceagent.v1.CallerAudio;
import voiceagent.v1.OpenTranscription;
import voiceagent.v1.TranscribeRequest;
import voiceagent.v1.TranscribeResponse;
import voiceagent.v1.UpdateTranscription;

/// One call's stream: checks what the gateway sends and hands it to the recogniser, and what that
/// hears to the gateway. On the stream's event loop.
final class TranscribeStream implements StreamObserver<TranscribeRequest> {
  private static final System.Logger LOG = System.getLogger(TranscribeStream.class.getName());
  private static final Duration OPEN_WITHIN = Duration.ofSeconds(5);

  private final Recognizer recognizer;
  private final ServerStream<TranscribeResponse> out;
  private final Timers.Timer opening;
  private @Nullable Recognition recognition;
  private String call = "";
  private long expected;
  private boolean over;

  /// @param ended told once when the stream is over
  TranscribeStream(
      StreamObserver<TranscribeResponse> responses,
      Recognizer recognizer,
      Timers timers,
      Consumer<TranscribeStream> ended) {
    this.recognizer = recognizer;
    out =
        ServerStream.of(
            responses,
            () -> {
              ended.accept(this);
              letGo("gone");
            });
    opening =
        timers.after(
            OPEN_WITHIN,
            () ->
                out.fail(
                    Status.DEADLINE_EXCEEDED.withDescription("no open within " + OPEN_WITHIN)));
  }

  @Override
  public void onNext(TranscribeRequest request) {
    if (over) {
      return;
    }
    try {
      handle(request);
    } catch (RuntimeException e) {
      CallScope.run(call, () -> LOG.log(Level.ERROR, "a call's stream failed", e));
      out.fail(Status.INTERNAL.withDescription("stt-service failed on a message"));
      letGo("error");
    }
  }

  private void handle(TranscribeRequest request) {
    switch (request.getMessageCase()) {
      case OPEN -> open(request.getOpen());
      case AUDIO -> audio(request.getAudio());
      case FINALIZE -> opened("finalize").ifPresent(Recognition::endTurn);
      case UPDATE -> update(request.getUpdate());
      case CLOSE -> close(request.getClose().getReason());
      case MESSAGE_NOT_SET -> {} // of a later version of the contract
    }
  }

  private void open(OpenTranscription open) {
    String wrong = TranscribeMessages.problem(open);
    if (recognition != null) {
      wrong = "open came twice";
    }
    if (!wrong.isEmpty()) {
      refuse(true, wrong);
      return;
    }
    opening.cancel();
    RecognitionRequest wanted = TranscribeMessages.request(open);
    call = wanted.call();
    expected = wanted.resumeFrom();
    out.send(TranscribeMessages.opened(Replica.name(), recognizer.capabilities()));
    recognition = recognizer.open(wanted, this::heard);
    CallScope.run(
        call, () -> LOG.log(Level.INFO, "listening from sample {0}", String.valueOf(expected)));
  }

  private void audio(CallerAudio audio) {
    opened("audio")
        .ifPresent(listening -> {
          String wrong = TranscribeMessages.problem(audio, expected);
          if (wrong.isEmpty()) {
            expected += audio.getAudio().size();
            listening.audio(audio.getOffsetSamples(), audio.getAudio().toByteArray());
          } else {
            refuse(false, wrong);
          }
        });
  }

  private void update(UpdateTranscription update) {
    opened("update")
        .ifPresent(listening -> {
          String wrong = TranscribeMessages.problem(update);
          if (wrong.isEmpty()) {
            listening.update(wanted -> TranscribeMessages.updated(wanted, update));
          } else {
            refuse(true, wrong);
          }
        });
  }

  /// The recognition, if `open` came before this message.
  private Optional<Recognition> opened(String message) {
    if (recognition == null) {
      refuse(true, message + " came before open");
    }
    return Optional.ofNullable(recognition);
  }

  private void heard(SpeechEvent event) {
    out.send(TranscribeMessages.response(event, System.nanoTime()));
    if (event instanceof SpeechEvent.Failure) {
      out.complete();
      letGo("failed");
    }
  }

  /// What the gateway sent cannot be used: says so and ends the stream.
  ///
  /// @param permanent whether the gateway would send the same again
  private void refuse(boolean permanent, String why) {
    CallScope.run(call, () -> LOG.log(Level.WARNING, "stream refused: {0}", why));
    out.send(TranscribeMessages.failed(permanent, why));
    out.complete();
    letGo("refused");
  }

  private void close(String reason) {
    if (recognition == null) {
      out.complete();
      letGo(reason);
    } else if (!over) {
      over = true;
      said(reason);
      recognition.close(out::complete);
    }
  }

  /// The stage is going to stop; any thread.
  void draining(Duration grace) {
    out.send(TranscribeMessages.draining(grace));
  }

  private void letGo(String reason) {
    opening.cancel();
    if (!over) {
      over = true;
      said(reason);
      if (recognition != null) {
        recognition.close(() -> {});
      }
    }
  }

  private void said(String reason) {
    CallScope.run(call, () -> LOG.log(Level.INFO, "listening ended: {0}", reason));
  }

  @Override
  public void onError(Throwable error) {
    letGo("cancelled");
  }

  @Override
  public void onCompleted() {
    close("half-closed");
  }
}
