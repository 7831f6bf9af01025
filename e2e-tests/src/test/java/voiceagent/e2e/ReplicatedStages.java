package voiceagent.e2e;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import voiceagent.brain.BrainMain;
import voiceagent.gateway.GatewayMain;
import voiceagent.sim.twilio.CallRequest;
import voiceagent.sim.twilio.Caller;
import voiceagent.stt.SttMain;
import voiceagent.tts.TtsMain;

/// Two replicas of each stage and a gateway, each a process of its own, with simulators in this
/// one.
final class ReplicatedStages implements AutoCloseable {
  static final List<String> STAGES = List.of("STT", "BRAIN", "TTS");
  static final int REPLICAS = 2;
  private static final Duration READY_WITHIN = Duration.ofSeconds(60);

  private final Providers providers = new Providers();
  private final Map<String, String> settings = providers.settings();
  private final Map<String, List<ServiceProcess>> stages = new HashMap<>();
  private final Map<String, List<String>> ports = new HashMap<>();
  private final ServiceProcess gateway;

  /// @param changed settings over those that point to the simulators
  ReplicatedStages(Map<String, String> changed) {
    settings.put("CHECKPOINT_DIR", "off");
    settings.putAll(changed);
    for (String stage : STAGES) {
      ports.put(stage, ServiceProcess.freePorts(2 * REPLICAS));
      settings.put(
          stage + "_TARGET",
          ports(stage).subList(0, REPLICAS).stream()
              .map(port -> "127.0.0.1:" + port)
              .collect(Collectors.joining(",")));
      List<ServiceProcess> replicas = new ArrayList<>();
      for (int i = 0; i < REPLICAS; i++) {
        replicas.add(start(stage, i));
      }
      stages.put(stage, replicas);
    }
    settings.put("PORT", ServiceProcess.freePorts(1).getFirst());
    gateway = ServiceProcess.start(GatewayMain.class, settings, "PORT");
    try {
      stages.values().forEach(replicas -> replicas.forEach(ServiceProcess::awaitReady));
      awaitAll();
    } catch (AssertionError e) {
      close();
      throw e;
    }
  }

  Providers providers() {
    return providers;
  }

  /// Whether the gateway has no call.
  boolean isIdle() {
    return Http.get(url(), "/metrics")
        .body()
        .lines()
        .anyMatch(l -> l.startsWith("voiceagent_calls_active") && l.endsWith(" 0.0"));
  }

  ServiceProcess replica(String stage, int number) {
    return Objects.requireNonNull(stages.get(stage)).get(number);
  }

  Caller dial() {
    return providers
        .twilio()
        .dial(new CallRequest(url()).publicHost(Providers.PUBLIC_HOST).allowPlainStreams());
  }

  /// Starts a replica anew, on its ports; [#awaitAll] waits for it.
  void restart(String stage, int number) {
    replica(stage, number).close();
    Objects.requireNonNull(stages.get(stage)).set(number, start(stage, number));
  }

  /// Waits until the gateway knows of all replicas.
  void awaitAll() {
    Await.until("the gateway to be ready", READY_WITHIN, () -> Http.isReady(url()));
    Await.until(
        "the gateway to know all replicas",
        READY_WITHIN,
        () -> {
          String metrics = Http.get(url(), "/metrics").body();
          return STAGES.stream()
              .allMatch(stage ->
                  metrics
                      .lines()
                      .anyMatch(l ->
                          l.startsWith("voiceagent_stage_replicas{")
                              && l.contains(stage.toLowerCase(java.util.Locale.ROOT))
                              && l.endsWith(REPLICAS + ".0")));
        });
  }

  private URI url() {
    return gateway.face();
  }

  private List<String> ports(String stage) {
    return Objects.requireNonNull(ports.get(stage));
  }

  private ServiceProcess start(String stage, int number) {
    Map<String, String> own = new HashMap<>(settings);
    own.put(stage + "_PORT", ports(stage).get(number));
    own.put(stage + "_ADMIN_PORT", ports(stage).get(REPLICAS + number));
    Class<?> main =
        switch (stage) {
          case "STT" -> SttMain.class;
          case "BRAIN" -> BrainMain.class;
          default -> TtsMain.class;
        };
    return ServiceProcess.start(main, own, stage + "_ADMIN_PORT");
  }

  @Override
  public void close() {
    gateway.close();
    stages.values().forEach(replicas -> replicas.forEach(ServiceProcess::close));
    providers.close();
  }
}
