package voiceagent.gateway;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import voiceagent.gateway.call.CallConfig;
import voiceagent.gateway.call.CheckpointFiles;
import voiceagent.gateway.call.CheckpointMemory;
import voiceagent.gateway.call.Checkpoints;
import voiceagent.gateway.clip.ClipConfig;
import voiceagent.gateway.record.RecordConfig;
import voiceagent.gateway.stage.StageTargets;
import voiceagent.gateway.twilio.TwilioConfig;
import voiceagent.kit.agent.Agents;
import voiceagent.kit.config.Ports;
import voiceagent.kit.config.Settings;

/// All that a gateway is told, read once.
///
/// @param address where it listens: `BIND_ADDRESS`, `PORT`
/// @param checkpointDir `CHECKPOINT_DIR`: where calls are kept for other gateways; empty: nowhere
/// @param agents all that may answer
/// @param clips where phrases in the agents' voices are kept
/// @param lead `PLAYOUT_LEAD_MS`: audio that the carrier may hold ahead of real time
record GatewayConfig(
    InetSocketAddress address,
    TwilioConfig twilio,
    StageTargets stages,
    CallConfig calls,
    Agents agents,
    RecordConfig records,
    Optional<Path> checkpointDir,
    ClipConfig clips,
    Duration lead) {
  /// @throws voiceagent.kit.config.SettingsException with all mistakes
  static GatewayConfig from(Settings settings) {
    GatewayConfig config =
        new GatewayConfig(
            Ports.address(settings, "PORT"),
            TwilioConfig.from(settings),
            StageTargets.from(settings),
            CallConfig.from(settings),
            Agents.from(settings),
            RecordConfig.from(settings),
            checkpointDir(settings),
            ClipConfig.from(settings),
            settings.millis("PLAYOUT_LEAD_MS", 20, 1000));
    settings.choice("TURN_POLICY", Set.of("provider"));
    settings.check();
    return config;
  }

  /// A folder of this machine's, unless the setting names one that more machines share.
  private static Optional<Path> checkpointDir(Settings settings) {
    String local = Path.of(System.getProperty("java.io.tmpdir"), "voice-agent-calls").toString();
    String folder = settings.optional("CHECKPOINT_DIR").orElse(local);
    return folder.equals("off") ? Optional.empty() : Optional.of(Path.of(folder));
  }

  Checkpoints checkpoints() {
    return checkpointDir.isPresent() && twilio.authToken().isPresent()
        ? new CheckpointFiles(checkpointDir.get(), twilio.authToken().get())
        : new CheckpointMemory();
  }
}
