package voiceagent.e2e;

import static java.time.Duration.ofSeconds;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import voiceagent.sim.speech.Recordings;
import voiceagent.sim.twilio.Caller;

/// A provider goes down in mid-call: the stage lives, but cannot do its work.
class ProviderDownTest {
  private static final Duration DEADLINE = ofSeconds(20);
  private static final Recordings SAY = Recordings.load();

  @Test
  void aProviderThatStaysDownIsToldAndTheCallEndsInsteadOfHanging_L9() {
    try (Stack stack = Stack.start();
        Caller caller = stack.dial()) {
      caller.awaitAgentSpeaking(DEADLINE).awaitAgentQuiet(DEADLINE);
      stack.providers().deepgram().refuseNext(1000, 503);
      stack.providers().deepgram().cut();
      long down = HeardClips.now(caller);
      HeardClips.await(caller, "stage-down", down, DEADLINE);
      HeardClips.await(caller, "trouble", down, ofSeconds(40));
      caller.awaitEnd(DEADLINE);
    }
  }

  @Test
  void aModelThatIsDownIsApologisedForAndTheNextTurnIsAnswered() {
    try (Stack stack = Stack.start();
        Caller caller = stack.dial()) {
      caller.awaitAgentSpeaking(DEADLINE).awaitAgentQuiet(DEADLINE);
      long down = HeardClips.now(caller);
      stack.providers().groq().failNext(6, 503);
      caller.says(SAY.get("greeting"));
      HeardClips.await(caller, "apology", down, DEADLINE);
      caller.awaitAgentQuiet(DEADLINE);
      stack.providers().groq().failNext(0, 503);
      caller.says(SAY.get("pricing")).awaitAgentSpeaking(DEADLINE).awaitAgentQuiet(DEADLINE);
    }
  }
}
