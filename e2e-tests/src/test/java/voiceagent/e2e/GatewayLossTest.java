package voiceagent.e2e;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import voiceagent.brain.BrainMain;
import voiceagent.gateway.GatewayMain;
import voiceagent.kit.config.Settings;
import voiceagent.kit.service.Stage;
import voiceagent.sim.speech.Recordings;
import voiceagent.sim.twilio.CallEvent;
import voiceagent.sim.twilio.CallOutcome;
import voiceagent.sim.twilio.CallRequest;
import voiceagent.sim.twilio.Caller;
import voiceagent.stt.SttMain;
import voiceagent.tts.TtsMain;

/// Two gateways, each a process of its own, behind one address; the one that has the call is lost.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GatewayLossTest {
  private static final Duration DEADLINE = ofSeconds(20);
  private static final int SECOND = 8000;
  private static final Recordings SAY = Recordings.load();
  private static final String ANSWER =
      "We are open late on every friday evening, from five until nine, and on the last friday of"
          + " each month we stay open until midnight.";

  @TempDir static Path folder = Path.of("");

  private final Providers providers = new Providers();
  private final Map<String, String> settings = providers.settings();
  private final List<Stage> stages = new ArrayList<>();
  private final List<ServiceProcess> gateways = new ArrayList<>();

  @SuppressWarnings("NullAway.Init")
  private FrontDoor door;

  @BeforeAll
  void start() {
    stages.add(SttMain.start(Settings.of(SttMain.class, settings)));
    stages.add(BrainMain.start(Settings.of(BrainMain.class, settings)));
    stages.add(TtsMain.start(Settings.of(TtsMain.class, settings)));
    settings.put("STT_TARGET", "dns:///127.0.0.1:" + stages.get(0).port());
    settings.put("BRAIN_TARGET", "dns:///127.0.0.1:" + stages.get(1).port());
    settings.put("TTS_TARGET", "dns:///127.0.0.1:" + stages.get(2).port());
    settings.put("CHECKPOINT_DIR", folder.resolve("calls").toString());
    settings.put("CALL_RECORD_DIR", folder.resolve("records").toString());
    ServiceProcess.freePorts(2).forEach(port -> gateways.add(gateway(Map.of("PORT", port))));
    gateways.forEach(ServiceProcess::awaitReady);
    door = new FrontDoor(gateways.stream().map(ServiceProcess::face).toList());
  }

  @AfterAll
  void close() {
    door.close();
    gateways.forEach(ServiceProcess::close);
    stages.forEach(Stage::close);
    providers.close();
  }

  private ServiceProcess gateway(Map<String, String> changed) {
    Map<String, String> own = new HashMap<>(settings);
    own.putAll(changed);
    return ServiceProcess.start(GatewayMain.class, own, "PORT");
  }

  private CallRequest request(URI gateway) {
    return new CallRequest(gateway).publicHost(Providers.PUBLIC_HOST).allowPlainStreams();
  }

  /// Where the agent begins to speak after a point, in samples of the call.
  private static OptionalLong spokeAfter(Caller caller, long at) {
    return caller.recording().events(CallEvent.AgentSpeaks.class).stream()
        .mapToLong(CallEvent.AgentSpeaks::at)
        .filter(a -> a >= at)
        .findFirst();
  }

  @Test
  void aCallWhoseGatewayIsKilledGoesOnInAnotherWithinThreeSecondsAsHeard() {
    providers.groq().replies("You are speaking with Sesame.", ANSWER, "That depends on the rooms.");
    try (Caller caller = providers.twilio().dial(request(door.url()))) {
      caller.awaitAgentSpeaking(DEADLINE).awaitAgentQuiet(DEADLINE);
      caller.says(SAY.get("greeting")).awaitAgentSpeaking(DEADLINE).awaitAgentQuiet(DEADLINE);
      caller.says(SAY.get("hours")).awaitAgentHeard(ofMillis(2500), DEADLINE);

      long killed = HeardClips.now(caller);
      gateways.getFirst().kill();
      caller.awaitStreams(2, DEADLINE);
      caller.await("the agent again", DEADLINE, () -> spokeAfter(caller, killed).isPresent());
      long silence = spokeAfter(caller, killed).getAsLong() - killed;
      System.out.printf("gateway killed: %d ms until the agent speaks again%n", silence / 8);
      assertThat(silence).isLessThan(3L * SECOND);

      caller.awaitAgentQuiet(DEADLINE);
      caller.says(SAY.get("pricing")).awaitAgentSpeaking(DEADLINE).awaitAgentQuiet(DEADLINE);
      assertThat(providers.groq().lastPrompt())
          .contains("How can I help you?")
          .containsIgnoringCase("who am i speaking with")
          .contains("You are speaking with Sesame.")
          .containsIgnoringCase("are you open late on friday evenings")
          .contains("We are open")
          .doesNotContain("until midnight")
          .containsIgnoringCase("what would it cost");
      assertThat(caller.hangUp().streams()).isEqualTo(2);
      Path record = folder.resolve("records").resolve(caller.callSid() + ".json");
      Await.until("its record", DEADLINE, () -> !read(record).contains("\"unfinished\""));
      assertThat(read(record))
          .contains("who am i speaking with", "You are speaking with Sesame.")
          .contains("are you open late on friday evenings", "what would it cost");
    }
    String port = String.valueOf(gateways.getFirst().face().getPort());
    gateways.set(0, gateway(Map.of("PORT", port)).awaitReady());
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void anotherGatewayKnowsHowACallEnded() {
    // The webhooks go to the second gateway, the stream to one that soon says goodbye.
    Map<String, String> hurried =
        Map.of(
            "IDLE_PROMPT_MS", "1000",
            "IDLE_PROMPT_MAX", "0",
            "PORT", ServiceProcess.freePorts(1).getFirst());
    try (ServiceProcess impatient = gateway(hurried).awaitReady();
        Caller caller =
            providers.twilio().dial(request(gateways.get(1).face()).socketsTo(impatient.face()))) {
      CallOutcome outcome = caller.awaitEnd(DEADLINE);
      assertThat(outcome.reason()).isEqualTo("<Hangup>");
      assertThat(outcome.streams()).isEqualTo(1);
    }
  }

  @Test
  void aStreamThatIsLostAgainAndAgainIsResumedThreeTimes() {
    try (Caller caller = providers.twilio().dial(request(door.url()))) {
      for (int streams = 1; streams <= 4; streams++) {
        caller.awaitStreams(streams, DEADLINE);
        long now = HeardClips.now(caller);
        caller.await("the agent", DEADLINE, () -> spokeAfter(caller, now).isPresent());
        caller.losesSocket();
      }
      CallOutcome outcome = caller.awaitEnd(DEADLINE);
      assertThat(outcome.streams()).isEqualTo(4);
      assertThat(outcome.said()).hasSize(1).first().asString().contains("the line breaks down");
    }
  }
}
