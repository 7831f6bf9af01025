package voiceagent.tts;

import java.util.Set;
import voiceagent.kit.config.Settings;
import voiceagent.kit.grpc.EventLoops;
import voiceagent.kit.grpc.Sessions;
import voiceagent.kit.service.Service;
import voiceagent.kit.service.Stage;
import voiceagent.kit.service.StageConfig;
import voiceagent.tts.api.SpeakService;
import voiceagent.tts.cartesia.CartesiaConfig;
import voiceagent.tts.cartesia.CartesiaSmoke;
import voiceagent.tts.cartesia.CartesiaSynthesizer;
import voiceagent.tts.synthesize.SynthesisMeters;

/// The speaking stage as a process.
public final class TtsMain {
  private TtsMain() {}

  public static void main(String[] args) {
    Service.run(args, "tts-service", TtsMain.class, TtsMain::start, CartesiaSmoke::ask);
  }

  /// Wires the stage and opens its ports; 0 takes free ones.
  ///
  /// @throws voiceagent.kit.config.SettingsException with all that is wrong in the settings
  /// @throws java.io.UncheckedIOException if a port is taken
  public static Stage start(Settings settings) {
    StageConfig stage = StageConfig.from(settings, "TTS");
    settings.choice("TTS_PROVIDER", Set.of("cartesia"));
    CartesiaConfig cartesia = CartesiaConfig.from(settings);
    settings.check();
    EventLoops loops = new EventLoops(0);
    Sessions sessions = new Sessions(stage.name(), stage.maxSessions());
    var synthesizer = new CartesiaSynthesizer(cartesia, new SynthesisMeters());
    return Stage.start(stage, loops, sessions, new SpeakService(synthesizer, sessions, loops));
  }
}
