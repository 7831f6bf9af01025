package voiceagent.stt.api;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import voiceagent.kit.grpc.EventLoops;
import voiceagent.kit.grpc.Sessions;
import voiceagent.kit.service.StageService;
import voiceagent.kit.time.LoopTimers;
import voiceagent.stt.recognize.Recognizer;
import voiceagent.v1.SpeechToTextGrpc;
import voiceagent.v1.TranscribeRequest;
import voiceagent.v1.TranscribeResponse;

/// `SpeechToText.Transcribe`: one stream a call, as many as there are places.
public final class TranscribeService extends SpeechToTextGrpc.SpeechToTextImplBase
    implements StageService {
  private final Sessions sessions;
  private final Recognizer recognizer;
  private final EventLoops loops;
  private final Set<TranscribeStream> live = ConcurrentHashMap.newKeySet();

  /// @param loops those that the server runs on
  public TranscribeService(Sessions sessions, Recognizer recognizer, EventLoops loops) {
    this.sessions = sessions;
    this.recognizer = recognizer;
    this.loops = loops;
  }

  @Override
  public StreamObserver<TranscribeRequest> transcribe(StreamObserver<TranscribeResponse> out) {
    if (!sessions.tryAcquire()) {
      out.onError(
          Status.RESOURCE_EXHAUSTED.withDescription("no place for another call").asException());
      return new Refused();
    }
    TranscribeStream stream =
        new TranscribeStream(out, recognizer, new LoopTimers(loops.current()), this::ended);
    live.add(stream);
    return stream;
  }

  private void ended(TranscribeStream stream) {
    live.remove(stream);
    sessions.release();
  }

  @Override
  public void draining(Duration grace) {
    live.forEach(stream -> stream.draining(grace));
  }

  @Override
  public void close() {
    recognizer.close();
  }

  /// What a call that was refused still sends.
  private static final class Refused implements StreamObserver<TranscribeRequest> {
    @Override
    public void onNext(TranscribeRequest request) {}

    @Override
    public void onError(Throwable error) {}

    @Override
    public void onCompleted() {}
  }
}
