package voiceagent.gateway.stage;

import com.google.protobuf.ByteString;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import voiceagent.gateway.observe.StageMeters;
import voiceagent.gateway.playout.HeardLedger.TimedWord;
import voiceagent.kit.grpc.Replicas;
import voiceagent.kit.time.Timers;
import voiceagent.v1.AudioFormat;
import voiceagent.v1.CallContext;
import voiceagent.v1.CancelSpeech;
import voiceagent.v1.CloseSpeech;
import voiceagent.v1.Draining;
import voiceagent.v1.Failed;
import voiceagent.v1.OpenSpeech;
import voiceagent.v1.Opened;
import voiceagent.v1.SpeakClause;
import voiceagent.v1.SpeakRequest;
import voiceagent.v1.SpeakResponse;
import voiceagent.v1.TextToSpeechGrpc;
import voiceagent.v1.Voice;

/// The text-to-speech stage as one call sees it. Clauses whose audio is not complete are sent again
/// to the replica that takes over, and the audio that came already is skipped. On the call's
/// thread.
public final class TextToSpeech {
  /// A clause that gets no audio for so long: the replica counts as lost.
  private static final Duration AUDIO_WITHIN = Duration.ofSeconds(3);

  /// Told the agent's audio.
  public interface Listener {
    /// Audio of a reply, in order.
    ///
    /// @param offset of the first sample, since the reply's audio began
    void audio(long reply, int clause, long offset, byte[] mulaw);

    /// When words are spoken, in samples since the reply's audio began.
    void words(long reply, int clause, List<TimedWord> words);

    /// All audio of a clause is there.
    void clauseDone(long reply, int clause);

    /// All audio of a reply is there.
    ///
    /// @param firstAudioMicros from first clause in to first audio out
    /// @param stageMicros the stage's own part of it
    /// @param characters sent to the provider
    void done(long reply, long firstAudioMicros, long stageMicros, long characters);

    /// No more audio of a reply comes.
    void failed(long reply, String cause);
  }

  private final String callSid;
  private final AgentPersona agent;
  private final Replicas replicas;
  private final Timers timers;
  private final Executor callThread;
  private final StageLink<SpeakRequest, SpeakResponse> link;

  private final List<SpeakClause> clauses = new ArrayList<>();
  private @Nullable Listener listener;
  private long reply;
  private boolean over = true;
  private int clausesDone;
  private long doneSamples;
  private long receivedSamples;
  private long base;
  private long skipTo;
  private Timers.@Nullable Timer overdue;

  /// @param callThread runs the callbacks, in order
  public TextToSpeech(
      String callSid,
      AgentPersona agent,
      Replicas replicas,
      Executor callThread,
      Timers timers,
      StageHealth health,
      StageMeters meters) {
    this.callSid = callSid;
    this.agent = agent;
    this.replicas = replicas;
    this.timers = timers;
    this.callThread = callThread;
    link = new StageLink<>(StageName.TTS, new Speech(), callThread, timers, health, meters);
  }

  /// Who is told the audio; before the first clause.
  public void tell(Listener told) {
    listener = told;
  }

  /// Asks the stage for a place.
  public void open() {
    link.open();
  }

  /// Has a clause spoken; the first of a reply ends the one before.
  public void speak(long ofReply, int clause, String text, boolean last) {
    if (ofReply != reply) {
      reply = ofReply;
      over = false;
      clauses.clear();
      clausesDone = 0;
      doneSamples = 0;
      receivedSamples = 0;
      base = 0;
      skipTo = 0;
    }
    SpeakClause next =
        SpeakClause.newBuilder()
            .setReply(ofReply)
            .setClause(clause)
            .setText(text)
            .setLast(last)
            .build();
    clauses.add(next);
    link.send(SpeakRequest.newBuilder().setClause(next).build());
    watch();
  }

  /// Nobody wants this reply any more.
  public void cancel(long cancelled) {
    if (cancelled == reply && !over) {
      over = true;
      watch();
      link.send(
          SpeakRequest.newBuilder().setCancel(CancelSpeech.newBuilder().setReply(reply)).build());
    }
  }

  /// Leaves a replica that drains.
  public void turnBoundary() {
    link.turnBoundary();
  }

  /// The call is over.
  public void close(String reason) {
    over = true;
    watch();
    link.close(reason);
  }

  private void received(SpeakResponse response) {
    switch (response.getMessageCase()) {
      case AUDIO -> {
        var audio = response.getAudio();
        if (isCurrent(audio.getReply())) {
          audio(audio.getClause(), base + audio.getOffsetSamples(), audio.getAudio());
        }
      }
      case WORDS -> {
        var words = response.getWords();
        if (isCurrent(words.getReply())) {
          listener()
              .words(
                  reply,
                  words.getClause(),
                  words.getWordsList().stream()
                      .map(w ->
                          new TimedWord(
                              w.getText(), base + w.getStartSamples(), base + w.getEndSamples()))
                      .toList());
        }
      }
      case CLAUSE_DONE -> {
        var done = response.getClauseDone();
        if (isCurrent(done.getReply())) {
          clausesDone = Math.max(clausesDone, positionOf(done.getClause()) + 1);
          doneSamples = receivedSamples;
          listener().clauseDone(reply, done.getClause());
          watch();
        }
      }
      case DONE -> {
        var done = response.getDone();
        if (isCurrent(done.getReply())) {
          over = true;
          watch();
          listener()
              .done(reply, done.getFirstAudioMicros(), done.getStageMicros(), done.getCharacters());
        }
      }
      case FAILED -> {
        var failed = response.getFailed();
        if (isCurrent(failed.getReply())) {
          over = true;
          watch();
          listener().failed(reply, failed.getProvider() + ": " + failed.getDetail());
        }
      }
      case OPENED, DRAINING, MESSAGE_NOT_SET -> {}
    }
  }

  /// Audio before [#skipTo] was had from a replica that is gone.
  private void audio(int clause, long offset, ByteString bytes) {
    watch();
    long end = offset + bytes.size();
    if (end <= skipTo) {
      return;
    }
    int skip = (int) Math.max(0, skipTo - offset);
    receivedSamples = end;
    listener().audio(reply, clause, offset + skip, bytes.substring(skip).toByteArray());
  }

  private Listener listener() {
    return java.util.Objects.requireNonNull(listener, "nobody listens");
  }

  private boolean isCurrent(long ofReply) {
    return ofReply == reply && !over;
  }

  private int positionOf(int clause) {
    for (int i = 0; i < clauses.size(); i++) {
      if (clauses.get(i).getClause() == clause) {
        return i;
      }
    }
    return -1;
  }

  private void watch() {
    if (overdue != null) {
      overdue.cancel();
      overdue = null;
    }
    if (over || clausesDone >= clauses.size()) {
      return;
    }
    long watched = reply;
    overdue =
        timers.after(
            AUDIO_WITHIN,
            () ->
                callThread.execute(() -> {
                  if (watched == reply && !over && clausesDone < clauses.size()) {
                    link.suspect("no audio within " + AUDIO_WITHIN.toSeconds() + " s");
                  }
                }));
  }

  private final class Speech implements StageLink.Contract<SpeakRequest, SpeakResponse> {
    @Override
    public void start(StreamObserver<SpeakResponse> responses) {
      var _ = TextToSpeechGrpc.newStub(replicas).speak(responses);
    }

    @Override
    public SpeakRequest open() {
      return SpeakRequest.newBuilder()
          .setOpen(
              OpenSpeech.newBuilder()
                  .setContext(CallContext.newBuilder().setCall(callSid))
                  .setVoice(
                      Voice.newBuilder()
                          .setVoice(agent.voice())
                          .setSpeed((float) agent.speed())
                          .setPronunciation(agent.pronunciation())
                          .setLanguage(agent.language()))
                  .setFormat(AudioFormat.AUDIO_FORMAT_MULAW_8000))
          .build();
    }

    @Override
    public SpeakRequest close(String reason) {
      return SpeakRequest.newBuilder().setClose(CloseSpeech.newBuilder().setReason(reason)).build();
    }

    @Override
    public @Nullable Opened opened(SpeakResponse response) {
      return response.hasOpened() ? response.getOpened() : null;
    }

    @Override
    public @Nullable Failed failed(SpeakResponse response) {
      return response.hasFailed() ? response.getFailed() : null;
    }

    @Override
    public @Nullable Draining draining(SpeakResponse response) {
      return response.hasDraining() ? response.getDraining() : null;
    }

    @Override
    public void up() {
      if (over) {
        return;
      }
      base = doneSamples;
      skipTo = receivedSamples;
      clauses.stream()
          .skip(clausesDone)
          .forEach(c -> link.send(SpeakRequest.newBuilder().setClause(c).build()));
      watch();
    }

    @Override
    public int serving() {
      return replicas.serving();
    }

    @Override
    public boolean isIdle() {
      return over;
    }

    @Override
    public void message(SpeakResponse response) {
      received(response);
    }
  }
}
