package voiceagent.e2e;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import voiceagent.sim.groq.ModelReply;
import voiceagent.sim.speech.Recordings;
import voiceagent.sim.twilio.CallEvent;
import voiceagent.sim.twilio.Caller;

/// Whose turn it is, by what callers say and do not say. The calls run side by side.
@Execution(ExecutionMode.CONCURRENT)
class TurnTakingTest {
  private static final Duration DEADLINE = ofSeconds(30);
  private static final Recordings SAY = Recordings.load();
  private static final String LONG =
      "Here is the first thing I can tell you about it. Here is the second thing I can tell you. "
          + "Here is the third thing that I can tell you. And this is all I can tell you today.";

  @SuppressWarnings("NullAway.Init")
  private static Stack stack;

  @BeforeAll
  static void start() {
    stack = Stack.start(Map.of("IDLE_PROMPT_MS", "4000", "MAX_CALL_SECONDS", "40"));
    stack.providers().groq().script(_ -> new ModelReply.Text(LONG));
  }

  @AfterAll
  static void close() {
    stack.close();
  }

  private static Caller greeted() {
    Caller caller = stack.dial();
    return caller.awaitAgentSpeaking(DEADLINE).awaitAgentQuiet(DEADLINE);
  }

  /// How long the agent has spoken since it was asked, and goes on.
  private static void hearsAll(Caller caller) {
    caller.awaitAgentQuiet(DEADLINE);
    assertThat(caller.clearsReceived()).isZero();
    assertThat(caller.recording().agent().length).isGreaterThan(8 * 8000);
  }

  @Test
  void backchannelsDoNotStopTheAgent_L35() {
    try (Caller caller = greeted()) {
      caller.says(SAY.get("pricing")).awaitAgentHeard(ofMillis(1500), DEADLINE);
      caller.says(SAY.get("uhhuh"));
      caller.says(SAY.get("yeah"));
      hearsAll(caller);
    }
  }

  @Test
  void twoWordsStopTheAgentWithOneClear() {
    try (Caller caller = greeted()) {
      caller.says(SAY.get("pricing")).awaitAgentHeard(ofMillis(1500), DEADLINE);
      caller.says(SAY.get("hold")).awaitClears(1, DEADLINE);
      caller.awaitAgentSpeaking(DEADLINE).awaitAgentQuiet(DEADLINE);
      assertThat(caller.clearsReceived()).isEqualTo(1);
    }
  }

  @Test
  void noiseStartsNoTurnAndStopsNobody() {
    try (Caller caller = greeted()) {
      caller.says(SAY.get("pricing")).awaitAgentHeard(ofMillis(1500), DEADLINE);
      caller.says(SAY.get("noise"));
      hearsAll(caller);
    }
  }

  @Test
  void aPauseWithinASentenceLosesNoWord() {
    try (Caller caller = greeted()) {
      caller.says(SAY.get("longpause")).awaitAgentSpeaking(DEADLINE);
      String prompt =
          stack.providers().groq().requests().stream()
              .map(r -> r.prompt())
              .filter(p -> p.contains("membership") && p.contains("another city"))
              .findFirst()
              .orElse("");
      assertThat(prompt.replace("\nuser: ", " "))
          .contains("i wanted to ask about my membership")
          .contains("because i am moving to another city");
    }
  }

  @Test
  void aSilentCallerIsAskedTwiceThenHearsGoodbyeToItsEndAndIsHungUp_L3() {
    try (Caller caller = greeted()) {
      var outcome = caller.awaitEnd(ofSeconds(60));
      assertThat(outcome.reason()).contains("Hangup");
      assertThat(caller.recording().events(CallEvent.AgentSpeaks.class)).hasSize(4);
      CallEvent.MarkEchoed last = caller.marks().getLast();
      assertThat(last.played()).isTrue();
    }
  }

  @Test
  void theLongestCallEndsWithAWarningAndASentence() {
    try (Caller caller = greeted()) {
      for (int i = 0; i < 12; i++) {
        caller.beginsToSay(SAY.get("hours"));
      }
      caller.awaitEnd(ofSeconds(60));
      assertThat(stack.providers().cartesia().spoken())
          .anySatisfy(s -> assertThat(s.text()).contains("reached the time limit"));
    }
  }
}
