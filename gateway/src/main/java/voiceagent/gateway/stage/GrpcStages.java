package voiceagent.gateway.stage;

import java.util.Map;
import java.util.concurrent.Executor;
import voiceagent.gateway.clip.ClipCache;
import voiceagent.gateway.observe.StageMeters;
import voiceagent.kit.grpc.EventLoops;
import voiceagent.kit.grpc.Replicas;
import voiceagent.kit.time.Timers;

/// The way to the three stages.
public final class GrpcStages implements AutoCloseable {
  private final EventLoops loops = new EventLoops(0);
  private final Timers timers;
  private final StageMeters meters = new StageMeters();
  private final Replicas stt;
  private final Replicas brain;
  private final Replicas tts;

  public GrpcStages(StageTargets targets, Timers timers) {
    this.timers = timers;
    stt = Replicas.of("stt", targets.stt(), loops);
    brain = Replicas.of("brain", targets.brain(), loops);
    tts = Replicas.of("tts", targets.tts(), loops);
  }

  /// A call's stream to speech-to-text, not yet open.
  public SpeechToText speechToText(
      String callSid,
      AgentPersona agent,
      Executor callThread,
      SpeechToText.Listener listener,
      StageHealth health) {
    return new SpeechToText(callSid, agent, stt, callThread, timers, listener, health, meters);
  }

  /// A call's stream to the brain, not yet open.
  ///
  /// @param variables per-call values for the agent's texts
  /// @param resumable the conversation so far, by [Brain#resumable]; empty for a new call
  public Brain brain(
      String callSid,
      AgentPersona agent,
      Map<String, String> variables,
      byte[] resumable,
      Executor callThread,
      Brain.Listener listener,
      StageHealth health) {
    return new Brain(
        callSid, agent, variables, resumable, brain, callThread, timers, listener, health, meters);
  }

  /// A call's stream to text-to-speech, not yet open.
  public TextToSpeech textToSpeech(
      String callSid, AgentPersona agent, Executor callThread, StageHealth health) {
    return new TextToSpeech(callSid, agent, tts, callThread, timers, health, meters);
  }

  /// Where clips are made.
  public ClipCache.Studio studio() {
    return new GrpcStudio(tts);
  }

  /// Waits 1 s a stage for streams that end.
  @Override
  public void close() {
    stt.close();
    brain.close();
    tts.close();
    loops.close();
  }
}
