package voiceagent.e2e;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import voiceagent.sim.speech.Recordings;
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

  @SuppressWarnings("NullAway.Init")
  private ContainerStack stack;

  @BeforeAll
  void up() {
    stack = new ContainerStack(Map.of("stt-service", 2));
  }

  @AfterAll
  void down() {
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
        () -> ContainerStack.figure(stack.gateway(), "voiceagent_calls_total") >= 1);
  }

  @Test
  @Order(2)
  void callsSpreadOverReplicasAndGoOnWhenOneIsKilled() {
    URI first = stack.face("stt-service-1", 7871);
    URI second = stack.face("stt-service-2", 7871);
    Await.until(
        "the replicas to be ready", DEADLINE, () -> Http.isReady(first) && Http.isReady(second));
    List<Caller> callers = Stream.generate(stack::dial).limit(CALLS).toList();
    try {
      callers.forEach(c -> c.awaitAgentSpeaking(DEADLINE));
      callers.forEach(c -> c.awaitAgentQuiet(DEADLINE));
      assertThat(ContainerStack.figure(first, "voiceagent_stage_sessions")).isBetween(2.0, 8.0);
      assertThat(ContainerStack.figure(second, "voiceagent_stage_sessions")).isBetween(2.0, 8.0);

      callers.forEach(c -> c.beginsToSay(SAY.get("greeting")));
      stack.kill("stt-service-1");
      callers.forEach(c -> c.awaitAgentSpeaking(DEADLINE));
      callers.forEach(c -> c.awaitAgentQuiet(DEADLINE));
      assertThat(ContainerStack.figure(second, "voiceagent_stage_sessions")).isEqualTo(CALLS);
      assertThat(callers).allSatisfy(c -> assertThat(c.hangUp().streams()).isEqualTo(1));
    } finally {
      callers.forEach(Caller::close);
    }
    stack.start("stt-service-1");
  }
}
