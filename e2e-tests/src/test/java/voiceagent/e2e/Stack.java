package voiceagent.e2e;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import voiceagent.brain.BrainMain;
import voiceagent.gateway.Gateway;
import voiceagent.gateway.GatewayMain;
import voiceagent.kit.config.Settings;
import voiceagent.kit.service.Stage;
import voiceagent.sim.twilio.CallRequest;
import voiceagent.sim.twilio.Caller;
import voiceagent.stt.SttMain;
import voiceagent.tts.TtsMain;

/// All four services in this process, against simulators, over real sockets.
final class Stack implements AutoCloseable {
  private final Providers providers;
  private final Stage stt;
  private final Stage brain;
  private final Stage tts;
  private final Gateway gateway;

  private Stack(Providers providers, Map<String, String> settings) {
    this.providers = providers;
    Map<String, String> all = providers.settings();
    all.put("CHECKPOINT_DIR", "off");
    all.putAll(settings);
    stt = SttMain.start(Settings.of(SttMain.class, all));
    brain = BrainMain.start(Settings.of(BrainMain.class, all));
    tts = TtsMain.start(Settings.of(TtsMain.class, all));
    all.putIfAbsent("STT_TARGET", "dns:///127.0.0.1:" + stt.port());
    all.putIfAbsent("BRAIN_TARGET", "dns:///127.0.0.1:" + brain.port());
    all.putIfAbsent("TTS_TARGET", "dns:///127.0.0.1:" + tts.port());
    gateway = GatewayMain.start(Settings.of(GatewayMain.class, all));
    Await.until("the gateway to be ready", Duration.ofSeconds(20), () -> Http.isReady(url()));
  }

  static Stack start() {
    return start(Map.of());
  }

  /// @param settings over those that point to the simulators
  static Stack start(Map<String, String> settings) {
    return new Stack(new Providers(), settings);
  }

  /// As [#start(Map)], with simulators that run already; they end with the stack.
  static Stack start(Providers providers, Map<String, String> settings) {
    return new Stack(providers, settings);
  }

  /// The speech stage's gRPC target.
  String ttsTarget() {
    return "dns:///127.0.0.1:" + tts.port();
  }

  Providers providers() {
    return providers;
  }

  Gateway gateway() {
    return gateway;
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + gateway.port());
  }

  /// A call to the gateway, to be changed before it is dialled.
  CallRequest request() {
    return new CallRequest(url()).publicHost(Providers.PUBLIC_HOST).allowPlainStreams();
  }

  /// Somebody calls.
  Caller dial() {
    return providers.twilio().dial(request());
  }

  @Override
  public void close() {
    gateway.close();
    stt.close();
    brain.close();
    tts.close();
    providers.close();
  }
}
