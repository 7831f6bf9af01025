package voiceagent.e2e;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import voiceagent.sim.groq.ChatRequest;
import voiceagent.sim.speech.Recordings;
import voiceagent.sim.twilio.CallEvent;
import voiceagent.sim.twilio.Caller;

/// Twenty calls at once.
class ManyCallsTest {
  private static final int CALLS = 20;
  private static final Duration DEADLINE = ofSeconds(40);
  private static final Recordings SAY = Recordings.load();
  private static final List<String> QUESTIONS = List.of("greeting", "pricing", "booking", "noisy");

  @Test
  void twentyCallsAtOnceAreAllAnsweredWithoutAnUnderrun() {
    try (Stack stack = Stack.start()) {
      // Services, simulators and carrier begin cold, in one process, on the processors of a test.
      try (Caller first = stack.dial()) {
        first.awaitAgentSpeaking(DEADLINE).awaitAgentQuiet(DEADLINE);
      }
      List<Caller> callers = new ArrayList<>();
      for (int i = 0; i < CALLS; i++) {
        callers.add(stack.dial());
      }
      callers.forEach(c -> c.awaitAgentSpeaking(DEADLINE));
      callers.forEach(c -> c.awaitAgentQuiet(DEADLINE));
      for (int i = 0; i < CALLS; i++) {
        callers.get(i).beginsToSay(SAY.get(QUESTIONS.get(i % QUESTIONS.size())));
      }
      callers.forEach(c ->
          c.await(
              "its question to be said",
              DEADLINE,
              () -> c.recording().events(CallEvent.CallerSaid.class).size() == 1));
      callers.forEach(c -> c.awaitAgentSpeaking(DEADLINE));
      callers.forEach(c -> c.awaitAgentQuiet(DEADLINE));
      assertThat(callers).allSatisfy(c -> assertThat(c.underruns()).isZero());
      assertThat(callers).allSatisfy(c -> assertThat(c.clearsReceived()).isZero());
      assertThat(stack.providers().groq().requests().stream().map(ChatRequest::lastUser))
          .hasSize(CALLS)
          .contains(
              SAY.get("greeting").transcript(),
              SAY.get("booking").transcript(),
              SAY.get("noisy").transcript(),
              SAY.get("pricing").transcript());
      callers.forEach(Caller::hangUp);
      callers.forEach(Caller::close);
      Await.until("the gateway to forget them", DEADLINE, () -> stack.gateway().calls() == 0);
      assertThat(stack.providers().cartesia().openContexts()).isZero();
    }
  }
}
