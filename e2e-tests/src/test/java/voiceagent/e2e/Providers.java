package voiceagent.e2e;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import voiceagent.sim.cartesia.CartesiaSimulator;
import voiceagent.sim.deepgram.DeepgramSimulator;
import voiceagent.sim.event.SimulatorEvents;
import voiceagent.sim.groq.GroqSimulator;
import voiceagent.sim.twilio.TwilioSimulator;

/// The four simulators, on free ports of this process, and the settings by which services find
/// them.
final class Providers implements AutoCloseable {
  static final String PUBLIC_HOST = "voice.example.com";

  private final SimulatorEvents events = new SimulatorEvents();
  private final DeepgramSimulator deepgram;
  private final GroqSimulator groq;
  private final CartesiaSimulator cartesia;
  private final TwilioSimulator twilio;

  Providers() {
    deepgram = new DeepgramSimulator(0, events);
    groq = GroqSimulator.start(0, events);
    cartesia = CartesiaSimulator.start(0, events);
    twilio = TwilioSimulator.start(0, events);
  }

  DeepgramSimulator deepgram() {
    return deepgram;
  }

  GroqSimulator groq() {
    return groq;
  }

  CartesiaSimulator cartesia() {
    return cartesia;
  }

  TwilioSimulator twilio() {
    return twilio;
  }

  SimulatorEvents events() {
    return events;
  }

  /// What every service is told, whichever it is.
  Map<String, String> settings() {
    Map<String, String> settings = new HashMap<>();
    settings.put("BIND_ADDRESS", "127.0.0.1");
    settings.put("DRAIN_SECONDS", "1");
    settings.put("CLIP_DIR", "off"); // what a test hears is what it asked for
    settings.put("CALL_RECORD_DIR", "off");
    // Tests say what the model answers: routes would take questions away from it.
    settings.put("ROUTER_ENABLED", "false");
    settings.put("DEEPGRAM_URL", deepgram.url());
    settings.put("DEEPGRAM_API_KEY", DeepgramSimulator.KEY);
    settings.put("GROQ_BASE_URL", groq.url());
    settings.put("GROQ_API_KEY", GroqSimulator.KEY);
    settings.put("CARTESIA_URL", cartesia.url());
    settings.put("CARTESIA_API_KEY", CartesiaSimulator.KEY);
    settings.put("CARTESIA_VOICE_ID", CartesiaSimulator.VOICE);
    settings.put("TWILIO_API_URL", twilio.url().toString());
    settings.put("TWILIO_ACCOUNT_SID", TwilioSimulator.ACCOUNT_SID);
    settings.put("TWILIO_AUTH_TOKEN", TwilioSimulator.AUTH_TOKEN);
    settings.put("PUBLIC_HOST", PUBLIC_HOST);
    for (String port :
        List.of(
            "PORT",
            "STT_PORT",
            "BRAIN_PORT",
            "TTS_PORT",
            "STT_ADMIN_PORT",
            "BRAIN_ADMIN_PORT",
            "TTS_ADMIN_PORT")) {
      settings.put(port, "0");
    }
    return settings;
  }

  @Override
  public void close() {
    twilio.close();
    deepgram.close();
    groq.close();
    cartesia.close();
  }
}
