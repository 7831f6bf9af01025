package voiceagent.stt;

import java.util.Set;
import java.util.function.Function;
import voiceagent.kit.config.Settings;
import voiceagent.kit.grpc.EventLoops;
import voiceagent.kit.grpc.Sessions;
import voiceagent.kit.service.Service;
import voiceagent.kit.service.Stage;
import voiceagent.kit.service.StageConfig;
import voiceagent.stt.api.TranscribeService;
import voiceagent.stt.deepgram.DeepgramConfig;
import voiceagent.stt.deepgram.DeepgramRecognizer;
import voiceagent.stt.deepgram.DeepgramSmoke;
import voiceagent.stt.local.LocalConfig;
import voiceagent.stt.local.LocalRecognizer;
import voiceagent.stt.recognize.Recognizer;

/// Starts stt-service.
public final class SttMain {
  private SttMain() {}

  public static void main(String[] args) {
    Service.run(args, "stt-service", SttMain.class, SttMain::start, DeepgramSmoke::ask);
  }

  /// Wires the stage by hand, in the order of the data path.
  ///
  /// @throws voiceagent.kit.config.SettingsException with all mistakes, before any port opens
  public static Stage start(Settings settings) {
    StageConfig stage = StageConfig.from(settings, "STT");
    Function<EventLoops, Recognizer> recognizers = recognizers(settings);
    settings.check();
    EventLoops loops = new EventLoops(0);
    Recognizer recognizer = recognizers.apply(loops);
    Sessions sessions =
        new Sessions(stage.name(), Math.min(stage.maxSessions(), recognizer.mostCalls()));
    return Stage.start(stage, loops, sessions, new TranscribeService(sessions, recognizer, loops));
  }

  private static Function<EventLoops, Recognizer> recognizers(Settings settings) {
    if (settings.choice("STT_PROVIDER", Set.of("deepgram", "local")).equals("local")) {
      LocalConfig local = LocalConfig.from(settings);
      return loops -> new LocalRecognizer(local, loops);
    }
    DeepgramConfig deepgram = DeepgramConfig.from(settings);
    return loops -> new DeepgramRecognizer(deepgram, loops);
  }
}
