package voiceagent.e2e;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import voiceagent.sim.event.SimulatorEvent;
import voiceagent.sim.groq.ChatRequest;
import voiceagent.sim.speech.Recordings;
import voiceagent.sim.speech.Utterance;
import voiceagent.sim.twilio.Caller;

/// What callers say reaches the brain, whatever happens between the stage and its recogniser.
@Execution(ExecutionMode.CONCURRENT)
class HearingInCallTest {
  private static final Duration DEADLINE = ofSeconds(20);
  private static final Recordings SAY = Recordings.load();

  private static List<String> asked(Stack stack) {
    return stack.providers().groq().requests().stream().map(ChatRequest::lastUser).toList();
  }

  @Test
  void aMuteRecogniserCostsTheCallerLessThanFourSecondsOfSilence_L9() {
    try (Stack stack = Stack.start();
        Caller caller = stack.dial()) {
      caller.awaitAgentSpeaking(DEADLINE).awaitAgentQuiet(DEADLINE);
      stack.providers().deepgram().mute();
      caller.says(SAY.get("greeting")).awaitAgentSpeaking(DEADLINE);
      assertThat(caller.answerDelay())
          .hasValueSatisfying(d -> assertThat(d).isLessThan(ofSeconds(4)));
      assertThat(asked(stack)).containsExactly(SAY.get("greeting").transcript());
    }
  }

  @Test
  void theFirstWordIsHeardInTenOfTenCallsThoughTheHandshakeTakesASecond_L11() {
    firstWords(10);
  }

  @Tag("soak")
  @Test
  void theFirstWordIsHeardInAHundredOfAHundredCallsThoughTheHandshakeTakesASecond_L11() {
    for (int i = 0; i < 5; i++) {
      firstWords(20);
    }
  }

  private static void firstWords(int calls) {
    Utterance booking = SAY.get("booking");
    try (Stack stack = Stack.start()) {
      stack.providers().deepgram().delayHandshakes(ofSeconds(1));
      List<Caller> callers = new ArrayList<>();
      for (int i = 0; i < calls; i++) {
        callers.add(stack.dial().beginsToSay(booking)); // as soon as the stream is up
      }
      Await.until("all questions", ofSeconds(60), () -> asked(stack).size() >= calls);
      assertThat(asked(stack)).hasSize(calls).containsOnly(booking.transcript());
      callers.forEach(Caller::close);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"nova-3", "flux-general-en"})
  void of1011TheCallerHearsNothing_L13(String model) {
    try (Stack stack = Stack.start(Map.of("DEEPGRAM_MODEL", model));
        Caller caller = stack.dial()) {
      caller.awaitAgentSpeaking(DEADLINE).awaitAgentQuiet(DEADLINE);
      long broke = HeardClips.now(caller);
      stack.providers().deepgram().close(1011, "NET-0001");
      caller.says(SAY.get("greeting")).awaitAgentSpeaking(DEADLINE);
      assertThat(asked(stack)).containsExactly(SAY.get("greeting").transcript());
      assertThat(HeardClips.find(caller, "stage-down", broke)).isEqualTo(-1);
      assertThat(caller.clearsReceived()).isZero();
    }
  }

  @Test
  void afterTheHangUpNoConnectionIsOpenedThoughAllAreRefused_L14() {
    try (Stack stack = Stack.start();
        Caller caller = stack.dial()) {
      caller.awaitAgentSpeaking(DEADLINE);
      stack.providers().deepgram().refuseNext(1000, 503);
      stack.providers().deepgram().cut();
      int before = stack.providers().deepgram().attempts();
      Await.until("a refusal", DEADLINE, () -> stack.providers().deepgram().attempts() > before);
      caller.hangUp();
      Await.until("the end", ofSeconds(2), () -> stack.gateway().calls() == 0);
      int attempts = stack.providers().deepgram().attempts();
      LockSupport.parkNanos(ofMillis(1500).toNanos());
      assertThat(stack.providers().deepgram().attempts()).isEqualTo(attempts);
      assertThat(stack.providers().deepgram().connections()).isZero();
    }
  }

  @Test
  void aWrongKeyIsTriedOnceAndTheCallerIsTold_L15() {
    try (Stack stack = Stack.start();
        Caller caller = stack.dial()) {
      caller.awaitAgentSpeaking(DEADLINE).awaitAgentQuiet(DEADLINE);
      int before = stack.providers().deepgram().attempts();
      stack.providers().deepgram().rejectKeys(true);
      stack.providers().deepgram().cut();
      caller.awaitEnd(ofSeconds(30));
      assertThat(HeardClips.find(caller, "trouble", 0)).isPositive();
      assertThat(stack.providers().deepgram().attempts()).isEqualTo(before + 1);
    }
  }

  @Test
  void withFluxAnAnswerIsBegunBeforeTheTurnIsOverForCertainAndTheCallerMayInterrupt_L21() {
    try (Stack stack =
            Stack.start(
                Map.of(
                    "DEEPGRAM_MODEL", "flux-general-en", "DEEPGRAM_EAGER_EOT_THRESHOLD", "0.4"));
        Caller caller = stack.dial()) {
      List<SimulatorEvent> seen = new CopyOnWriteArrayList<>();
      stack.providers().events().listen(seen::add);
      caller.awaitAgentSpeaking(DEADLINE).awaitAgentQuiet(DEADLINE);
      caller.says(SAY.get("greeting")).awaitAgentSpeaking(DEADLINE).awaitAgentQuiet(DEADLINE);
      assertThat(time(seen, "groq", "request")).isLessThan(time(seen, "deepgram", "end-of-turn"));
      caller.says(SAY.get("hours")).awaitAgentHeard(ofMillis(1500), DEADLINE);
      caller.says(SAY.get("stop")).awaitClears(1, DEADLINE);
      caller.awaitAgentSpeaking(DEADLINE);
      assertThat(asked(stack)) // and what was asked ahead in vain
          .containsSubsequence(
              SAY.get("greeting").transcript(),
              SAY.get("hours").transcript(),
              SAY.get("stop").transcript());
      assertThat(stack.providers().groq().lastPrompt().lines().filter(l -> l.startsWith("user: ")))
          .containsExactly(
              "user: " + SAY.get("greeting").transcript(),
              "user: " + SAY.get("hours").transcript(),
              "user: " + SAY.get("stop").transcript());
    }
  }

  private static long time(List<SimulatorEvent> seen, String simulator, String kind) {
    return seen.stream()
        .filter(e -> e.simulator().equals(simulator) && e.kind().equals(kind))
        .mapToLong(SimulatorEvent::nanos)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void whoSpeaksAsSoonAsTheGreetingSoundsIsHeardFromTheFirstWord() {
    try (Stack stack = Stack.start();
        Caller caller = stack.dial()) {
      caller.awaitAgentSpeaking(DEADLINE).beginsToSay(SAY.get("booking"));
      Await.until("the question", DEADLINE, () -> !asked(stack).isEmpty());
      assertThat(asked(stack)).containsExactly(SAY.get("booking").transcript());
    }
  }

  @Test
  void withoutDeepgramTheStageHearsByItself() {
    try (Stack stack = Stack.start(Map.of("STT_PROVIDER", "local"));
        Caller caller = stack.dial()) {
      caller.awaitAgentSpeaking(DEADLINE).awaitAgentQuiet(DEADLINE);
      caller.says(SAY.get("pricing"));
      Await.until("the question", DEADLINE, () -> !asked(stack).isEmpty());
      assertThat(asked(stack)).first().asString().contains("cost me to have two rooms");
      assertThat(stack.providers().deepgram().attempts()).isZero();
    }
  }
}
