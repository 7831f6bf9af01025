package voiceagent.stt.deepgram;

import java.lang.System.Logger.Level;
import java.util.List;
import java.util.function.Consumer;
import voiceagent.kit.grpc.EventLoops;
import voiceagent.kit.observe.CallScope;
import voiceagent.stt.recognize.Recognition;
import voiceagent.stt.recognize.RecognitionRequest;
import voiceagent.stt.recognize.Recognizer;
import voiceagent.stt.recognize.SpeechEvent;

/// Deepgram as a recogniser, by `/v1/listen` or Flux: one connection a call, replaced when it is
/// lost.
public final class DeepgramRecognizer implements Recognizer {
  private static final System.Logger LOG = System.getLogger(DeepgramRecognizer.class.getName());

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
    if (config.model().equals("flux-general-en")
        && !request.language().isEmpty()
        && !DeepgramUri.primary(request.language()).equals("en")) {
      CallScope.run(
          request.call(),
          () ->
              LOG.log(
                  Level.WARNING,
                  "deepgram: flux-general-en hears English, the call asks for {0}: flux-general-multi or nova-3 may hear it",
                  request.language()));
    }
    DeepgramSession session = new DeepgramSession(config, request, loops.current(), meters, events);
    session.connect();
    return session;
  }

  @Override
  public List<String> capabilities() {
    return config.isFlux() && config.flux().eagerThreshold().isPresent()
        ? List.of("word_times", "eager_end_of_turn")
        : List.of("word_times");
  }
}
