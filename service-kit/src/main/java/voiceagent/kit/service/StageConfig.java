package voiceagent.kit.service;

import java.net.InetSocketAddress;
import voiceagent.kit.config.Ports;
import voiceagent.kit.config.Settings;

/// What every stage is told: where it listens and how many calls it may serve.
///
/// @param name "stt", "brain" or "tts"
/// @param address gRPC, by `STT_PORT`, …
/// @param admin health and metrics, by `STT_ADMIN_PORT`, …
/// @param maxSessions `MAX_SESSIONS`
/// @param reflection `GRPC_REFLECTION`: whether gRPC clients may ask for the contract
public record StageConfig(
    String name,
    InetSocketAddress address,
    InetSocketAddress admin,
    int maxSessions,
    boolean reflection) {
  /// @param prefix "STT", "BRAIN" or "TTS"
  public static StageConfig from(Settings settings, String prefix) {
    return new StageConfig(
        prefix.toLowerCase(java.util.Locale.ROOT),
        Ports.address(settings, prefix + "_PORT"),
        Ports.address(settings, prefix + "_ADMIN_PORT"),
        settings.integer("MAX_SESSIONS", 1, 100_000),
        settings.flag("GRPC_REFLECTION"));
  }

  String portSetting() {
    return name.toUpperCase(java.util.Locale.ROOT) + "_PORT";
  }

  String adminPortSetting() {
    return name.toUpperCase(java.util.Locale.ROOT) + "_ADMIN_PORT";
  }
}
