package voiceagent.e2e;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import voiceagent.sim.speech.Recordings;
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
      List<Caller> callers = new ArrayList<>();
      for (int i = 0; i < CALLS; i++) {
        callers.add(stack.dial());
      }
      callers.forEach(c -> c.awaitAgentSpeaking(DEADLINE));
      callers.forEach(c -> c.awaitAgentQuiet(DEADLINE));
      for (int i = 0; i < CALLS; i++) {
        callers.get(i).beginsToSay(SAY.get(QUESTIONS.get(i % QUESTIONS.size())));
      }
      callers.forEach(c -> c.awaitAgentSpeaking(DEADLINE));
      callers.forEach(c -> c.awaitAgentQuiet(DEADLINE));
      assertThat(callers).allSatisfy(c -> assertThat(c.underruns()).isZero());
      assertThat(callers).allSatisfy(c -> assertThat(c.clearsReceived()).isZero());
      callers.forEach(Caller::hangUp);
      callers.forEach(Caller::close);
      Await.until("the gateway to forget them", DEADLINE, () -> stack.gateway().calls() == 0);
      assertThat(stack.providers().cartesia().openContexts()).isZero();
    }
  }
}
