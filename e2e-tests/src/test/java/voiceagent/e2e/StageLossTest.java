package voiceagent.e2e;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import voiceagent.brain.BrainMain;
import voiceagent.gateway.Gateway;
import voiceagent.gateway.GatewayMain;
import voiceagent.kit.config.Settings;
import voiceagent.sim.speech.Recordings;
import voiceagent.sim.twilio.CallRequest;
import voiceagent.sim.twilio.Caller;
import voiceagent.stt.SttMain;
import voiceagent.tts.TtsMain;

/// A stage that is a process of its own is killed or frozen in mid-call, with no other replica.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StageLossTest {
  private static final Duration DEADLINE = ofSeconds(20);
  private static final Recordings SAY = Recordings.load();
  private static final List<String> STAGES = List.of("STT", "BRAIN", "TTS");

  private final Providers providers = new Providers();
  private final Map<String, String> settings = providers.settings();
  private final Map<String, ServiceProcess> stages = new HashMap<>();
  private final Set<String> hurt = new HashSet<>();
  private final Gateway gateway;

  StageLossTest() {
    settings.put("CHECKPOINT_DIR", "off");
    List<String> ports = ServiceProcess.freePorts(6);
    for (int i = 0; i < STAGES.size(); i++) {
      settings.put(STAGES.get(i) + "_PORT", ports.get(i));
      settings.put(STAGES.get(i) + "_ADMIN_PORT", ports.get(i + 3));
      settings.put(STAGES.get(i) + "_TARGET", "dns:///127.0.0.1:" + ports.get(i));
    }
    STAGES.forEach(this::start);
    stages.values().forEach(ServiceProcess::awaitReady);
    gateway = GatewayMain.start(Settings.of(GatewayMain.class, settings));
    URI url = URI.create("http://127.0.0.1:" + gateway.port());
    Await.until("the gateway to be ready", DEADLINE, () -> Http.isReady(url));
  }

  /// A stage that is back is used at once, also after a long outage.
  @AfterEach
  void heal() {
    for (String name : hurt) {
      stage(name).close();
      start(name).awaitReady();
    }
    hurt.clear();
  }

  @AfterAll
  void close() {
    gateway.close();
    stages.values().forEach(ServiceProcess::close);
    providers.close();
  }

  private ServiceProcess start(String stage) {
    Class<?> main =
        switch (stage) {
          case "STT" -> SttMain.class;
          case "BRAIN" -> BrainMain.class;
          default -> TtsMain.class;
        };
    ServiceProcess process = ServiceProcess.start(main, settings, stage + "_ADMIN_PORT");
    stages.put(stage, process);
    return process;
  }

  private void kill(String stage) {
    hurt.add(stage);
    stage(stage).kill();
  }

  private ServiceProcess stage(String name) {
    return Objects.requireNonNull(stages.get(name));
  }

  private Caller dial() {
    return providers
        .twilio()
        .dial(
            new CallRequest(URI.create("http://127.0.0.1:" + gateway.port()))
                .publicHost(Providers.PUBLIC_HOST)
                .allowPlainStreams());
  }

  @ParameterizedTest
  @ValueSource(strings = {"STT", "BRAIN", "TTS"})
  void aKilledStageIsToldWithinThreeSecondsAndTheCallGoesOnWhenItIsBack(String stage) {
    try (Caller caller = dial()) {
      caller.awaitAgentSpeaking(DEADLINE).awaitAgentQuiet(DEADLINE);
      long killed = HeardClips.now(caller);
      kill(stage);
      HeardClips.await(caller, "stage-down", killed, ofSeconds(10));
      long told = HeardClips.find(caller, "stage-down", killed) - 1600;
      assertThat(told - killed).isLessThan(3 * 8000);

      heal();
      caller.awaitAgentQuiet(DEADLINE);
      caller.says(SAY.get("greeting")).awaitAgentSpeaking(DEADLINE).awaitAgentQuiet(DEADLINE);
      assertThat(providers.groq().lastPrompt())
          .contains("How can I help you?")
          .containsIgnoringCase("who am i speaking with");
    }
  }

  @Test
  void aFrozenStageIsToldWithinThreeSeconds() {
    try (Caller caller = dial()) {
      caller.awaitAgentSpeaking(DEADLINE).awaitAgentQuiet(DEADLINE);
      long frozen = HeardClips.now(caller);
      hurt.add("STT");
      stage("STT").freeze();
      HeardClips.await(caller, "stage-down", frozen, ofSeconds(10));
      long told = HeardClips.find(caller, "stage-down", frozen) - 1600;
      assertThat(told - frozen).isLessThan(3 * 8000);
    }
  }

  @Test
  void aStageThatStaysAwayEndsTheCallWithASentence() {
    try (Caller caller = dial()) {
      caller.awaitAgentSpeaking(DEADLINE).awaitAgentQuiet(DEADLINE);
      long killed = HeardClips.now(caller);
      kill("BRAIN");
      HeardClips.await(caller, "trouble", killed, ofSeconds(30));
      caller.awaitEnd(ofSeconds(20));
    }
  }
}
