package voiceagent.e2e;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import voiceagent.sim.speech.Recordings;
import voiceagent.sim.twilio.CallEvent;
import voiceagent.sim.twilio.CallOutcome;
import voiceagent.sim.twilio.CallStatus;
import voiceagent.sim.twilio.Caller;

/// The images as `deploy/compose.yaml` runs them, with two replicas of a stage, called from
/// outside.
@ExtendWith(EngineCondition.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ContainersTest {
  private static final Duration DEADLINE = ofSeconds(30);
  private static final int CALLS = 10;
  private static final Recordings SAY = Recordings.load();

  private final List<Caller> callers = new ArrayList<>();

  @SuppressWarnings("NullAway.Init")
  private ContainerStack stack;

  @BeforeAll
  void up() {
    stack = new ContainerStack(Map.of("stt-service", 2));
  }

  @AfterAll
  void down() {
    callers.forEach(Caller::close);
    if (stack != null) {
      stack.close();
    }
  }

  @Test
  @Order(1)
  void aCallThroughThePublishedPortAndHealthAndMetricsFromOutside() {
    assertThat(Http.get(stack.gateway(), "/health").body()).contains("healthy");
    assertThat(Http.isReady(stack.gateway())).isTrue();
    try (Caller caller = stack.dial()) {
      caller.awaitAgentSpeaking(DEADLINE).awaitAgentQuiet(DEADLINE);
      caller.says(SAY.get("greeting")).awaitAgentSpeaking(DEADLINE).awaitAgentQuiet(DEADLINE);
      assertThat(caller.hangUp().status()).isEqualTo(CallStatus.COMPLETED);
    }
    Await.until(
        "the gateway to count the call",
        DEADLINE,
        () -> ContainerStack.figure(stack.gateway(), "voiceagent_calls_total", "") >= 1);
  }

  @Test
  @Order(2)
  void callsSpreadOverReplicasAndGoOnWhenOneIsKilled() {
    URI first = stack.face("stt-service-1", 7871);
    URI second = stack.face("stt-service-2", 7871);
    awaitReplicas(2);
    while (callers.size() < CALLS) {
      callers.add(stack.dial());
      callers.getLast().awaitStream(DEADLINE);
    }
    callers.forEach(c -> c.awaitAgentSpeaking(DEADLINE));
    callers.forEach(c -> c.awaitAgentQuiet(DEADLINE));
    assertThat(sessions(first)).isBetween(2.0, 8.0);
    assertThat(sessions(second)).isBetween(2.0, 8.0);

    ask(() -> stack.kill("stt-service-1"), "killed");
    assertThat(sessions(second)).isEqualTo(CALLS);
  }

  @Test
  @Order(3)
  void aContainerThatIsStartedAgainTakesTheCallsOfOneThatFreezes() {
    stack.start("stt-service-1");
    awaitReplicas(2);
    URI first = stack.face("stt-service-1", 7871); // another port than before
    ask(
        () -> {
          stack.freeze("stt-service-2");
          long frozen = System.nanoTime();
          Await.until("the calls to leave it", DEADLINE, () -> sessions(first) == CALLS);
          Duration left = Duration.ofNanos(System.nanoTime() - frozen);
          System.out.printf("| container | frozen | left after %.1f s |%n", left.toMillis() / 1e3);
          assertThat(left).isLessThan(ofSeconds(5));
        },
        "frozen");
    stack.thaw("stt-service-2");
    awaitReplicas(2);
  }

  @Test
  @Order(4)
  void aNewVersionOfAllServicesDropsNoCall() {
    URI before = stack.gateway();
    CompletableFuture<Void> update = stack.beginUpdate("next");
    Await.until("the gateway to drain", DEADLINE, () -> !Http.isReady(before));
    ask(() -> {}, "while all services drain");
    callers.forEach(c -> {
      CallOutcome outcome = c.hangUp();
      assertThat(outcome.status()).isEqualTo(CallStatus.COMPLETED);
      assertThat(outcome.reason()).contains("caller");
      assertThat(HeardClips.find(c, "stage-down", 0)).isEqualTo(-1);
    });
    update.join();
    assertThat(stack.images()).hasSize(5).allMatch(image -> image.endsWith(":next"));
    Await.until("the new gateway", DEADLINE, () -> Http.isReady(stack.gateway()));
    try (Caller caller = stack.dial()) {
      caller.awaitAgentSpeaking(DEADLINE);
    }
  }

  /// Each caller asks and is answered; something happens while they speak.
  private void ask(Runnable event, String what) {
    List<Integer> said =
        callers.stream().map(c -> c.recording().events(CallEvent.CallerSaid.class).size()).toList();
    callers.forEach(c -> c.beginsToSay(SAY.get("greeting")));
    event.run();
    List<Duration> delays = new ArrayList<>();
    for (int i = 0; i < CALLS; i++) {
      Caller caller = callers.get(i);
      int before = said.get(i);
      caller.await(
          "its question to be said",
          DEADLINE,
          () -> caller.recording().events(CallEvent.CallerSaid.class).size() > before);
      caller.awaitAgentSpeaking(DEADLINE).awaitAgentQuiet(DEADLINE);
      delays.add(caller.answerDelay().orElseThrow());
    }
    delays.sort(null);
    System.out.printf(
        "| container | %s | %d of %d answered | median %.2f s | longest %.2f s |%n",
        what,
        delays.size(),
        CALLS,
        delays.get(CALLS / 2).toMillis() / 1e3,
        delays.getLast().toMillis() / 1e3);
  }

  private void awaitReplicas(int count) {
    Await.until(
        "the gateway to know " + count + " replicas",
        DEADLINE,
        () -> ContainerStack.figure(stack.gateway(), "voiceagent_stage_replicas", "stt") == count);
  }

  private static double sessions(URI stage) {
    return ContainerStack.figure(stage, "voiceagent_stage_sessions", "stt");
  }
}
