package voiceagent.gateway;

import voiceagent.gateway.twilio.TwilioSmoke;
import voiceagent.kit.config.Settings;
import voiceagent.kit.service.Service;

/// The gateway as a process.
public final class GatewayMain {
  private GatewayMain() {}

  /// Reads the settings, opens the port.
  ///
  /// @throws voiceagent.kit.config.SettingsException with all mistakes
  /// @throws java.io.UncheckedIOException if the port is taken
  public static Gateway start(Settings settings) {
    return new Gateway(GatewayConfig.from(settings));
  }

  static void main(String[] words) {
    Service.run(words, "gateway", GatewayMain.class, GatewayMain::start, TwilioSmoke::ask);
  }
}
