package voiceagent.e2e;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import voiceagent.sim.speech.Recordings;
import voiceagent.sim.twilio.CallEvent;
import voiceagent.sim.twilio.Caller;

/// A whole call over real sockets: greeting, question, answer, an interruption, the next answer.
class WholeCallTest {
  private static final Duration DEADLINE = ofSeconds(20);
  private static final Recordings SAY = Recordings.load();

  @SuppressWarnings("NullAway.Init")
  private static Stack stack;

  @BeforeAll
  static void start() {
    stack = Stack.start();
  }

  @AfterAll
  static void close() {
    stack.close();
  }

  @Test
  void aCallerIsGreetedAnsweredMayInterruptAndIsAnsweredAgain() {
    try (Caller caller = stack.dial()) {
      caller.awaitAgentSpeaking(DEADLINE).awaitAgentQuiet(DEADLINE);
      caller.says(SAY.get("greeting")).awaitAgentSpeaking(DEADLINE).awaitAgentQuiet(DEADLINE);
      assertThat(stack.providers().groq().lastPrompt())
          .contains("How can I help you?") // the greeting, as heard
          .containsIgnoringCase("who am i speaking with");

      caller.says(SAY.get("hours")).awaitAgentHeard(ofMillis(2500), DEADLINE);
      assertThat(caller.clearsReceived()).isZero();
      caller.says(SAY.get("stop")).awaitClears(1, DEADLINE);
      caller.awaitAgentSpeaking(DEADLINE).awaitAgentQuiet(DEADLINE);

      caller.says(SAY.get("pricing")).awaitAgentSpeaking(DEADLINE).awaitAgentQuiet(DEADLINE);
      assertThat(caller.clearsReceived()).isEqualTo(1);
      assertThat(caller.underruns()).isZero();
      caller.hangUp();
      assertThat(caller.recording().events(CallEvent.StreamEnded.class)).hasSize(1);
    }
    Await.until("the gateway to forget the call", ofSeconds(5), () -> stack.gateway().calls() == 0);
  }
}
