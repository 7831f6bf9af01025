package voiceagent.gateway.stage;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import voiceagent.gateway.observe.StageMeters;
import voiceagent.kit.audio.AudioFrame;
import voiceagent.kit.grpc.Replicas;
import voiceagent.kit.time.Timers;
import voiceagent.v1.CallContext;
import voiceagent.v1.CallerAudio;
import voiceagent.v1.CloseTranscription;
import voiceagent.v1.Draining;
import voiceagent.v1.Failed;
import voiceagent.v1.OpenTranscription;
import voiceagent.v1.Opened;
import voiceagent.v1.SpeechToTextGrpc;
import voiceagent.v1.TranscribeRequest;
import voiceagent.v1.TranscribeResponse;

/// The speech-to-text stage as one call sees it. The caller's audio is kept from the first frame
/// until the stage has confirmed it, and sent again to the replica that takes over. On the call's
/// thread.
public final class SpeechToText {
  /// Audio sent and none confirmed for so long: the replica counts as lost.
  private static final long SILENT_SAMPLES = Duration.ofSeconds(2).toMillis() * 8;

  /// Told what the caller says.
  public interface Listener {
    /// Voice was heard, no words yet.
    void speechStarted();

    /// The words of the caller's current turn so far.
    void words(String text);

    /// The turn is probably over.
    ///
    /// @param text all of it, and of [#endOfTurn] unless [#turnResumed] comes first
    void eagerEndOfTurn(String text);

    /// The turn goes on after it was probably over.
    void turnResumed();

    /// The turn is over.
    ///
    /// @param text all of it
    /// @param stageMicros the stage's own time
    void endOfTurn(String text, long stageMicros);
  }

  private final String callSid;
  private final AgentPersona agent;
  private final Replicas replicas;
  private final Listener listener;
  private final StageLink<TranscribeRequest, TranscribeResponse> link;
  private final CallerAudioBuffer buffer = new CallerAudioBuffer();
  private final List<String> finals = new ArrayList<>();

  /// The finals of this turn that a replica heard which is gone: its successor does not know them.
  private String carried = "";

  private long confirmedAtSent;

  /// Words came, and since then no end of their turn, or no `confirmed` after it: another replica
  /// would hear them again.
  private boolean wordsPending;

  private boolean turnEnded = true;

  /// @param callThread runs the callbacks, in order
  public SpeechToText(
      String callSid,
      AgentPersona agent,
      Replicas replicas,
      Executor callThread,
      Timers timers,
      Listener listener,
      StageHealth health,
      StageMeters meters) {
    this.callSid = callSid;
    this.agent = agent;
    this.replicas = replicas;
    this.listener = listener;
    link = new StageLink<>(StageName.STT, new Transcription(), callThread, timers, health, meters);
  }

  /// Asks the stage for a place.
  public void open() {
    link.open();
  }

  /// The next stretch of the caller's audio.
  public void audio(AudioFrame frame) {
    long offset = buffer.add(frame);
    if (link.send(audio(offset, frame)) && buffer.end() - confirmedAtSent > SILENT_SAMPLES) {
      link.suspect("no confirmed for 2 s of audio");
    }
  }

  /// The call is over.
  public void close(String reason) {
    link.close(reason);
  }

  private void received(TranscribeResponse response) {
    switch (response.getMessageCase()) {
      case CONFIRMED -> {
        buffer.confirm(response.getConfirmed().getOffsetSamples());
        confirmedAtSent = buffer.end();
        wordsPending &= !turnEnded;
      }
      case SPEECH_STARTED -> listener.speechStarted();
      case INTERIM -> {
        String interim = response.getInterim().getText().strip();
        if (!interim.isEmpty()) {
          wordsPending = true;
          turnEnded = false;
          listener.words(joined(interim));
        }
      }
      case FINAL -> {
        String text = response.getFinal().getText().strip();
        if (!text.isEmpty()) {
          wordsPending = true;
          turnEnded = false;
          finals.add(text);
          listener.words(String.join(" ", finals));
        }
      }
      case END_OF_TURN -> {
        String text = whole(response.getEndOfTurn().getText());
        finals.clear();
        carried = "";
        turnEnded = true;
        listener.endOfTurn(text, response.getEndOfTurn().getStageMicros());
      }
      case EAGER_END_OF_TURN ->
          listener.eagerEndOfTurn(whole(response.getEagerEndOfTurn().getText()));
      case TURN_RESUMED -> listener.turnResumed();
      case OPENED, DRAINING, FAILED, MESSAGE_NOT_SET -> {}
    }
  }

  /// With what an earlier replica heard of the turn.
  private String whole(String text) {
    return (carried + " " + text).strip();
  }

  private String joined(String interim) {
    return finals.isEmpty() ? interim : String.join(" ", finals) + " " + interim;
  }

  private static TranscribeRequest audio(long offset, AudioFrame frame) {
    ByteString bytes = UnsafeByteOperations.unsafeWrap(frame.mulaw());
    return TranscribeRequest.newBuilder()
        .setAudio(CallerAudio.newBuilder().setOffsetSamples(offset).setAudio(bytes))
        .build();
  }

  private final class Transcription
      implements StageLink.Contract<TranscribeRequest, TranscribeResponse> {
    @Override
    public void start(StreamObserver<TranscribeResponse> responses) {
      var _ = SpeechToTextGrpc.newStub(replicas).transcribe(responses);
    }

    @Override
    public TranscribeRequest open() {
      return TranscribeRequest.newBuilder()
          .setOpen(
              OpenTranscription.newBuilder()
                  .setContext(CallContext.newBuilder().setCall(callSid))
                  .setLanguage(agent.language())
                  .addAllKeyterms(agent.keyterms())
                  .setResumeFromSamples(buffer.start()))
          .build();
    }

    @Override
    public TranscribeRequest close(String reason) {
      return TranscribeRequest.newBuilder()
          .setClose(CloseTranscription.newBuilder().setReason(reason))
          .build();
    }

    @Override
    public @Nullable Opened opened(TranscribeResponse response) {
      return response.hasOpened() ? response.getOpened() : null;
    }

    @Override
    public @Nullable Failed failed(TranscribeResponse response) {
      return response.hasFailed() ? response.getFailed() : null;
    }

    @Override
    public @Nullable Draining draining(TranscribeResponse response) {
      return response.hasDraining() ? response.getDraining() : null;
    }

    @Override
    public void up() {
      confirmedAtSent = buffer.end();
      carried = String.join(" ", finals);
      buffer.forEach((offset, frame) -> link.send(audio(offset, frame)));
    }

    @Override
    public int serving() {
      return replicas.serving();
    }

    /// What the caller is about to say is kept here and sent again.
    @Override
    public boolean isIdle() {
      return !wordsPending;
    }

    @Override
    public void message(TranscribeResponse response) {
      received(response);
    }
  }
}
