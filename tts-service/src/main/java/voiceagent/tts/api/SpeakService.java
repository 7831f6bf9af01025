package voiceagent.tts.api;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import voiceagent.kit.grpc.EventLoops;
import voiceagent.kit.grpc.Sessions;
import voiceagent.kit.service.StageService;
import voiceagent.tts.synthesize.Synthesizer;
import voiceagent.v1.DescribeRequest;
import voiceagent.v1.DescribeResponse;
import voiceagent.v1.RenderRequest;
import voiceagent.v1.RenderResponse;
import voiceagent.v1.SpeakRequest;
import voiceagent.v1.SpeakResponse;
import voiceagent.v1.TextToSpeechGrpc;

/// The contract's `TextToSpeech`: one stream for each call, and clips.
public final class SpeakService extends TextToSpeechGrpc.TextToSpeechImplBase
    implements StageService {
  private static final int MAX_RENDERS = 4;

  private final Synthesizer synthesizer;
  private final Synthesizer renderer;
  private final Sessions sessions;
  private final EventLoops loops;
  private final Set<SpeakStream> streams = ConcurrentHashMap.newKeySet();
  private final AtomicInteger renders = new AtomicInteger();

  /// @param renderer makes the clips: they are kept, so no other voice than the one asked for may
  ///   speak them
  public SpeakService(
      Synthesizer synthesizer, Synthesizer renderer, Sessions sessions, EventLoops loops) {
    this.synthesizer = synthesizer;
    this.renderer = renderer;
    this.sessions = sessions;
    this.loops = loops;
  }

  @Override
  public StreamObserver<SpeakRequest> speak(StreamObserver<SpeakResponse> responses) {
    if (!sessions.tryAcquire()) {
      responses.onError(
          Status.RESOURCE_EXHAUSTED
              .withDescription("the stage is full or draining")
              .asRuntimeException());
      return new Ignored();
    }
    SpeakStream stream =
        SpeakStream.begin(
            synthesizer,
            loops.current(),
            responses,
            ended -> {
              streams.remove(ended);
              sessions.release();
            });
    streams.add(stream);
    return stream;
  }

  @Override
  public void render(RenderRequest request, StreamObserver<RenderResponse> responses) {
    if (renders.incrementAndGet() > MAX_RENDERS) {
      renders.decrementAndGet();
      responses.onError(
          Status.RESOURCE_EXHAUSTED
              .withDescription(MAX_RENDERS + " clips are being made already")
              .asRuntimeException());
      return;
    }
    Rendering.begin(renderer, loops.current(), request, responses, () -> renders.decrementAndGet());
  }

  @Override
  public void describe(DescribeRequest request, StreamObserver<DescribeResponse> responses) {
    try {
      responses.onNext(Messages.described(renderer.source(Messages.voice(request.getVoice()))));
      responses.onCompleted();
    } catch (IllegalArgumentException e) {
      responses.onError(
          Status.INVALID_ARGUMENT.withDescription(e.getMessage()).asRuntimeException());
    }
  }

  @Override
  public void draining(Duration grace) {
    streams.forEach(s -> s.draining(grace));
  }

  @Override
  public void close() {
    streams.forEach(SpeakStream::close);
  }

  /// What comes on a stream that was refused.
  private static final class Ignored implements StreamObserver<SpeakRequest> {
    @Override
    public void onNext(SpeakRequest request) {}

    @Override
    public void onError(Throwable error) {}

    @Override
    public void onCompleted() {}
  }
}
