package voiceagent.stt.deepgram;

import java.util.function.Consumer;
import voiceagent.kit.grpc.EventLoops;
import voiceagent.stt.recognize.Recognition;
import voiceagent.stt.recognize.RecognitionRequest;
import voiceagent.stt.recognize.Recognizer;
import voiceagent.stt.recognize.SpeechEvent;

/// Deepgram's `/v1/listen` as a recogniser: one connection a call, replaced when it is lost.
public final class DeepgramRecognizer implements Recognizer {
  private final DeepgramConfig config;
  private final EventLoops loops;
  private final DeepgramMeters meters = new DeepgramMeters();

  /// @param loops of the process; not closed here
  public DeepgramRecognizer(DeepgramConfig config, EventLoops loops) {
    this.config = config;
    this.loops = loops;
  }

  @Override
  public Recognition open(RecognitionRequest request, Consumer<SpeechEvent> events) {
    DeepgramSession session = new DeepgramSession(config, request, loops.current(), meters, events);
    session.connect();
    return session;
  }
}
