package voiceagent.stt;

import java.util.Set;
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
    settings.choice("STT_PROVIDER", Set.of("deepgram"));
    DeepgramConfig deepgram = DeepgramConfig.from(settings);
    settings.check();
    EventLoops loops = new EventLoops(0);
    Sessions sessions = new Sessions(stage.name(), stage.maxSessions());
    return Stage.start(
        stage,
        loops,
        sessions,
        new TranscribeService(sessions, new DeepgramRecognizer(deepgram, loops), loops));
  }
}
