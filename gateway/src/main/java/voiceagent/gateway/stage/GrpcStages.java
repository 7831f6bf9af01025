package voiceagent.gateway.stage;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import voiceagent.gateway.clip.ClipCache;
import voiceagent.gateway.observe.StageMeters;
import voiceagent.kit.grpc.EventLoops;
import voiceagent.kit.grpc.StageChannel;
import voiceagent.kit.time.Timers;

/// The way to the three stages: one channel each, over all replicas in turn.
public final class GrpcStages implements AutoCloseable {
  private final EventLoops loops = new EventLoops(0);
  private final Timers timers;
  private final StageMeters meters = new StageMeters();
  private final ManagedChannel stt;
  private final ManagedChannel brain;
  private final ManagedChannel tts;

  public GrpcStages(StageTargets targets, Timers timers) {
    this.timers = timers;
    stt = StageChannel.to(targets.stt(), loops);
    brain = StageChannel.to(targets.brain(), loops);
    tts = StageChannel.to(targets.tts(), loops);
    // Connected before the first call.
    stt.getState(true);
    brain.getState(true);
    tts.getState(true);
  }

  /// A call's stream to speech-to-text, not yet open.
  public SpeechToText speechToText(
      String callSid,
      AgentPersona agent,
      Executor callThread,
      SpeechToText.Listener listener,
      StageHealth health) {
    return new SpeechToText(
        callSid, agent, connectingAtOnce(stt), callThread, timers, listener, health, meters);
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
        callSid,
        agent,
        variables,
        resumable,
        connectingAtOnce(brain),
        callThread,
        timers,
        listener,
        health,
        meters);
  }

  /// A call's stream to text-to-speech, not yet open.
  public TextToSpeech textToSpeech(
      String callSid, AgentPersona agent, Executor callThread, StageHealth health) {
    return new TextToSpeech(
        callSid, agent, connectingAtOnce(tts), callThread, timers, health, meters);
  }

  /// Where clips are made.
  public ClipCache.Studio studio() {
    return new GrpcStudio(tts);
  }

  /// A stage that is back is found by the next stream: gRPC by itself would wait up to two minutes
  /// after an outage before it connects again.
  private static Channel connectingAtOnce(ManagedChannel channel) {
    return ClientInterceptors.intercept(
        channel,
        new ClientInterceptor() {
          @Override
          public <Q, R> ClientCall<Q, R> interceptCall(
              MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
            channel.resetConnectBackoff();
            return next.newCall(method, options);
          }
        });
  }

  /// Waits 1 s a stage for streams that end.
  @Override
  public void close() {
    for (ManagedChannel channel : new ManagedChannel[] {stt, brain, tts}) {
      try {
        if (!channel.shutdown().awaitTermination(1, TimeUnit.SECONDS)) {
          channel.shutdownNow();
        }
      } catch (InterruptedException e) {
        channel.shutdownNow();
        Thread.currentThread().interrupt();
      }
    }
    loops.close();
  }
}
