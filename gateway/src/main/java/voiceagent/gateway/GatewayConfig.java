package voiceagent.gateway;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Set;
import voiceagent.gateway.call.CallConfig;
import voiceagent.gateway.stage.StageTargets;
import voiceagent.gateway.twilio.TwilioConfig;
import voiceagent.kit.config.Ports;
import voiceagent.kit.config.Settings;

/// All that a gateway is told, read once.
///
/// @param address where it listens: `BIND_ADDRESS`, `PORT`
/// @param lead `PLAYOUT_LEAD_MS`: audio that the carrier may hold ahead of real time
record GatewayConfig(
    InetSocketAddress address,
    TwilioConfig twilio,
    StageTargets stages,
    CallConfig calls,
    Duration lead) {
  /// @throws voiceagent.kit.config.SettingsException with all mistakes
  static GatewayConfig from(Settings settings) {
    GatewayConfig config =
        new GatewayConfig(
            Ports.address(settings, "PORT"),
            TwilioConfig.from(settings),
            StageTargets.from(settings),
            CallConfig.from(settings),
            settings.millis("PLAYOUT_LEAD_MS", 20, 1000));
    settings.choice("TURN_POLICY", Set.of("provider"));
    settings.check();
    return config;
  }
}
