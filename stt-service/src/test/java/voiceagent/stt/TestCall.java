package voiceagent.stt;

import com.google.protobuf.ByteString;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import voiceagent.kit.audio.Mulaw;
import voiceagent.v1.CallContext;
import voiceagent.v1.CallerAudio;
import voiceagent.v1.CloseTranscription;
import voiceagent.v1.EndOfTurn;
import voiceagent.v1.Final;
import voiceagent.v1.FinalizeTranscript;
import voiceagent.v1.OpenTranscription;
import voiceagent.v1.SpeechToTextGrpc;
import voiceagent.v1.TranscribeRequest;
import voiceagent.v1.TranscribeResponse;
import voiceagent.v1.UpdateTranscription;

/// A gateway's end of one call's stream.
final class TestCall implements StreamObserver<TranscribeResponse> {
  /// A frame each 2 ms: ten times real time.
  static final Duration FAST = Duration.ofMillis(2);

  static final Duration REAL_TIME = Duration.ofMillis(20);

  private final List<TranscribeResponse> told = new CopyOnWriteArrayList<>();
  private final CompletableFuture<Status> ended = new CompletableFuture<>();
  private final StreamObserver<TranscribeRequest> requests;
  private Duration pace = FAST;
  private Duration patience = Duration.ofSeconds(20);
  private long offset;

  TestCall(Channel channel) {
    requests = SpeechToTextGrpc.newStub(channel).transcribe(this);
  }

  /// Opens at the call's begin.
  static TestCall open(Channel channel) {
    return new TestCall(channel).open(OpenTranscription.newBuilder());
  }

  TestCall open(OpenTranscription.Builder open) {
    offset = open.getResumeFromSamples();
    open.setContext(CallContext.newBuilder().setCall("CA1"));
    send(TranscribeRequest.newBuilder().setOpen(open));
    return this;
  }

  TestCall at(Duration each20ms) {
    pace = each20ms;
    return this;
  }

  void send(TranscribeRequest.Builder request) {
    requests.onNext(request.build());
  }

  /// Speaks, in frames of 20 ms.
  void audio(byte[] mulaw) {
    long begin = System.nanoTime();
    int frames = 0;
    for (int at = 0; at < mulaw.length; at += 160) {
      byte[] frame = Arrays.copyOfRange(mulaw, at, Math.min(at + 160, mulaw.length));
      send(
          TranscribeRequest.newBuilder()
              .setAudio(
                  CallerAudio.newBuilder()
                      .setOffsetSamples(offset)
                      .setAudio(ByteString.copyFrom(frame))));
      offset += frame.length;
      frames++;
      while (System.nanoTime() < begin + frames * pace.toNanos()) {
        LockSupport.parkNanos(500_000);
      }
    }
  }

  void silence(int ms) {
    byte[] silence = new byte[8 * ms];
    Arrays.fill(silence, Mulaw.SILENCE);
    audio(silence);
  }

  /// How long to wait in [#silenceUntil].
  TestCall patient(Duration most) {
    patience = most;
    return this;
  }

  /// Sends silence until a condition holds, as a caller's line does; 20 s at most.
  void silenceUntil(String what, Predicate<TestCall> condition) {
    long begin = System.nanoTime();
    while (!condition.test(this)) {
      if (System.nanoTime() - begin > patience.toNanos()) {
        throw new AssertionError(what + ": not within " + patience + "; told " + told);
      }
      silence(20);
    }
  }

  void endTurn() {
    send(TranscribeRequest.newBuilder().setFinalize(FinalizeTranscript.getDefaultInstance()));
  }

  void update(UpdateTranscription.Builder update) {
    send(TranscribeRequest.newBuilder().setUpdate(update));
  }

  /// Hangs up as the gateway does.
  void close() {
    send(
        TranscribeRequest.newBuilder()
            .setClose(CloseTranscription.newBuilder().setReason("hangup")));
    requests.onCompleted();
  }

  void cancel() {
    requests.onError(Status.CANCELLED.asException());
  }

  /// How the stream ended, 20 s at most.
  Status ended() throws Exception {
    return ended.get(20, TimeUnit.SECONDS);
  }

  boolean hasEnded() {
    return ended.isDone();
  }

  List<TranscribeResponse> told() {
    return told;
  }

  List<EndOfTurn> turns() {
    return told.stream()
        .filter(TranscribeResponse::hasEndOfTurn)
        .map(TranscribeResponse::getEndOfTurn)
        .toList();
  }

  List<Final> finals() {
    return told.stream()
        .filter(TranscribeResponse::hasFinal)
        .map(TranscribeResponse::getFinal)
        .toList();
  }

  /// All turns, joined.
  String transcript() {
    return String.join(" ", turns().stream().map(EndOfTurn::getText).toList());
  }

  boolean has(Predicate<TranscribeResponse> wanted) {
    return told.stream().anyMatch(wanted);
  }

  TranscribeResponse await(String what, Predicate<TranscribeResponse> wanted) {
    Await.until(what, () -> has(wanted));
    return told.stream().filter(wanted).findFirst().orElseThrow();
  }

  @Override
  public void onNext(TranscribeResponse response) {
    told.add(response);
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
