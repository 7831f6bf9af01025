package voiceagent.tts.cartesia;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import voiceagent.v1.AudioFormat;
import voiceagent.v1.CallContext;
import voiceagent.v1.CancelSpeech;
import voiceagent.v1.CloseSpeech;
import voiceagent.v1.OpenSpeech;
import voiceagent.v1.SpeakClause;
import voiceagent.v1.SpeakRequest;
import voiceagent.v1.SpeakResponse;
import voiceagent.v1.TextToSpeechGrpc.TextToSpeechStub;
import voiceagent.v1.UpdateSpeech;
import voiceagent.v1.Voice;

/// One call's stream to the stage, as a gateway uses it.
final class TestCall implements StreamObserver<SpeakResponse> {
  /// How the stream ended.
  final CompletableFuture<Status> ended = new CompletableFuture<>();

  /// Everything that came, in order.
  final List<SpeakResponse> all = new ArrayList<>();

  private final LinkedBlockingQueue<SpeakResponse> received = new LinkedBlockingQueue<>();
  private final StreamObserver<SpeakRequest> requests;

  TestCall(TextToSpeechStub stub) {
    requests = stub.speak(this);
  }

  void open() {
    sendOpen(Voice.newBuilder().setLanguage("en-US").build());
    SpeakResponse first = next();
    assertThat(first.hasOpened()).as("opened, not %s", first).isTrue();
  }

  void sendOpen(Voice voice) {
    send(
        SpeakRequest.newBuilder()
            .setOpen(
                OpenSpeech.newBuilder()
                    .setContext(CallContext.newBuilder().setCall("CAtest"))
                    .setVoice(voice)
                    .setFormat(AudioFormat.AUDIO_FORMAT_MULAW_8000)));
  }

  void speak(long reply, int clause, String text, boolean last) {
    send(
        SpeakRequest.newBuilder()
            .setClause(
                SpeakClause.newBuilder()
                    .setReply(reply)
                    .setClause(clause)
                    .setText(text)
                    .setLast(last)));
  }

  /// Speaks clauses as a whole reply.
  void speakAll(long reply, String... clauses) {
    for (int i = 0; i < clauses.length; i++) {
      speak(reply, i, clauses[i], i == clauses.length - 1);
    }
  }

  void cancel(long reply) {
    send(SpeakRequest.newBuilder().setCancel(CancelSpeech.newBuilder().setReply(reply)));
  }

  void voice(Voice voice) {
    send(SpeakRequest.newBuilder().setUpdate(UpdateSpeech.newBuilder().setVoice(voice)));
  }

  void hangUp() {
    send(SpeakRequest.newBuilder().setClose(CloseSpeech.newBuilder().setReason("hangup")));
    requests.onCompleted();
  }

  /// Is gone, as a gateway that is killed.
  void vanish() {
    requests.onError(Status.CANCELLED.asRuntimeException());
  }

  private void send(SpeakRequest.Builder request) {
    requests.onNext(request.build());
  }

  /// The next message.
  SpeakResponse next() {
    try {
      SpeakResponse response = received.poll(TestStage.DEADLINE.toSeconds(), TimeUnit.SECONDS);
      assertThat(response).as("a message within %s", TestStage.DEADLINE).isNotNull();
      all.add(response);
      return response;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /// Everything of a reply up to its end, or to its failure; what is of other replies is passed
  /// over.
  HeardReply hear(long reply) {
    HeardReply heard = new HeardReply(reply);
    while (!heard.isOver()) {
      heard.add(next());
    }
    return heard;
  }

  @Override
  public void onNext(SpeakResponse response) {
    received.add(response);
  }

  @Override
  public void onError(Throwable error) {
    ended.complete(Status.fromThrowable(error));
  }

  @Override
  public void onCompleted() {
    ended.complete(Status.OK);
  }
}
