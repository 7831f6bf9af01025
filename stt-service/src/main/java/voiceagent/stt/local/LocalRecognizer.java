package voiceagent.stt.local;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import voiceagent.kit.dictation.Dictation;
import voiceagent.kit.grpc.EventLoops;
import voiceagent.kit.time.LoopTimers;
import voiceagent.stt.recognize.Recognition;
import voiceagent.stt.recognize.RecognitionRequest;
import voiceagent.stt.recognize.Recognizer;
import voiceagent.stt.recognize.SpeechEvent;

/// Vosk as a recogniser: no key, no network, one language, six calls at once. Good enough to talk
/// to a demo; not for names, numbers and spelling.
public final class LocalRecognizer implements Recognizer {
  private static final byte[] NOTHING = new byte[160];

  private final LocalConfig config;
  private final EventLoops loops;
  private final Dictation dictation;

  /// Begins to load the model, which takes 0.3 s.
  ///
  /// @param loops of the process; not closed here
  public LocalRecognizer(LocalConfig config, EventLoops loops) {
    this.config = config;
    this.loops = loops;
    dictation = new Dictation(config.model());
    dictation
        .begin((_, _, _) -> {})
        .ifPresent(take -> {
          take.add(NOTHING);
          take.finish();
        });
  }

  @Override
  public Recognition open(RecognitionRequest request, Consumer<SpeechEvent> events) {
    LoopTimers timers = new LoopTimers(loops.current());
    LocalSession session =
        new LocalSession(
            dictation, request, request.endpointingOr(config.endpointing()), timers, events);
    if (!hears(request.language())) {
      var _ =
          timers.after(
              Duration.ZERO,
              () ->
                  session.fail(
                      "hears "
                          + config.language()
                          + " only, the call asks for "
                          + request.language()));
    }
    return session;
  }

  private boolean hears(String language) {
    return language.isEmpty() || primary(language).equals(primary(config.language()));
  }

  private static String primary(String language) {
    return language.substring(0, (language + "-").indexOf('-')).toLowerCase(Locale.ROOT);
  }

  @Override
  public List<String> capabilities() {
    return List.of("word_times", "local", "at_most_" + Dictation.MOST_TAKES + "_calls");
  }

  @Override
  public int mostCalls() {
    return Dictation.MOST_TAKES;
  }

  @Override
  public void close() {
    dictation.close();
  }
}
