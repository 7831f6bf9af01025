package voiceagent.e2e;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import voiceagent.gateway.call.Clips;
import voiceagent.sim.event.SimulatorEvent;
import voiceagent.sim.groq.GroqSimulator;
import voiceagent.sim.speech.Recordings;
import voiceagent.sim.twilio.CallEvent;
import voiceagent.sim.twilio.Caller;
import voiceagent.sim.twilio.LineFaults;

/// What the field has seen go wrong between an agent's voice and a caller's ear, in whole calls.
/// They run side by side, each through services of its own.
@Execution(ExecutionMode.CONCURRENT)
class SpeakingLessonsTest {
  private static final Duration DEADLINE = ofSeconds(30);
  private static final Recordings SAY = Recordings.load();

  /// Two inputs of the voice, in the order in which they are spoken.
  private static final List<String> ANSWER =
      List.of("We have a table by the window for you. ", "Shall I keep it until nine?");

  private static Stack start(Map<String, String> settings) {
    var all = new java.util.HashMap<>(settings);
    all.put("ROUTER_ENABLED", "false");
    return Stack.start(all);
  }

  private static Caller dial(Stack stack, LineFaults line) {
    return stack.providers().twilio().dial(stack.request().faults(line));
  }

  private static String answer() {
    return String.join("", ANSWER);
  }

  /// How often the answer was heard whole: its last sentence, wherever the first was cut.
  private static int answersHeard(Caller caller) {
    return HeardSpeech.count(caller, ANSWER.getLast(), 0);
  }

  @Test
  void aSocketThatIsCutBeforeItsFirstAudioCostsTheCallerNoWordAndHistoryHoldsItOnce_L1() {
    try (Stack stack = start(Map.of());
        Caller caller = stack.dial()) {
      caller.awaitAgentSpeaking(DEADLINE).awaitAgentQuiet(DEADLINE);
      GroqSimulator groq = stack.providers().groq();
      for (int turn = 1; turn <= 2; turn++) {
        int heard = turn;
        stack.providers().cartesia().faults().cutBeforeAudio();
        groq.replies(answer());
        caller.says(SAY.get("noisy")).awaitAgentSpeaking(DEADLINE);
        caller.await("the answer", DEADLINE, () -> answersHeard(caller) == heard);
        caller.awaitAgentQuiet(DEADLINE);
      }
      groq.replies("Fine.");
      caller.says(SAY.get("booking")).awaitAgentSpeaking(DEADLINE);
      assertThat(groq.lastPrompt().split(ANSWER.getLast().replace("?", "\\?"), -1))
          .as("parts between the answers")
          .hasSize(3);
      assertThat(answersHeard(caller)).isEqualTo(2);
    }
  }

  @Test
  void whatAVoiceThatFailedMidwayDidNotSayIsNotRemembered_L1() {
    try (Stack stack = start(Map.of("TTS_FALLBACK", "none"));
        Caller caller = stack.dial()) {
      caller.awaitAgentSpeaking(DEADLINE).awaitAgentQuiet(DEADLINE);
      GroqSimulator groq = stack.providers().groq();
      for (int context = 0; context < 4; context++) {
        stack.providers().cartesia().faults().stallAfter(ofMillis(context == 0 ? 1200 : 0));
      }
      groq.replies(answer());
      caller.says(SAY.get("noisy")).awaitAgentSpeaking(DEADLINE).awaitAgentQuiet(DEADLINE);
      stack.providers().cartesia().faults().clear();
      groq.replies("Fine.");
      caller.says(SAY.get("booking")).awaitAgentSpeaking(DEADLINE);
      assertThat(groq.lastPrompt())
          .contains("assistant: We have")
          .doesNotContain("window for you")
          .doesNotContain("until nine");
    }
  }

  @Test
  void aVoiceThatIsGoneIsReplacedByTheLocalOneWithinThreeSeconds() {
    try (Stack stack = start(Map.of());
        Caller caller = stack.dial()) {
      caller.awaitAgentSpeaking(DEADLINE).awaitAgentQuiet(DEADLINE);
      stack.providers().cartesia().faults().refuseHandshakes(10_000, 503);
      stack.providers().cartesia().cutSockets();
      int contexts = stack.providers().cartesia().spoken().size();
      for (int turn = 1; turn <= 2; turn++) {
        int heard = turn;
        stack.providers().groq().replies(answer());
        caller.says(SAY.get("noisy")).awaitAgentSpeaking(DEADLINE);
        caller.await("the answer", DEADLINE, () -> answersHeard(caller) == heard);
        caller.awaitAgentQuiet(DEADLINE);
      }
      assertThat(stack.providers().cartesia().spoken()).hasSize(contexts);
      assertThat(caller.clearsReceived()).isZero();
    }
  }

  @Test
  void anAnswerOfWhichAllIsSentAndNothingIsPlayedIsClearedOnce_L2() {
    LineFaults line = new LineFaults();
    try (Stack stack = start(Map.of("PLAYOUT_LEAD_MS", "1000"));
        Caller caller = dial(stack, line)) {
      caller.awaitAgentSpeaking(DEADLINE).awaitAgentQuiet(DEADLINE);
      line.buffers(ofSeconds(8));
      stack.providers().groq().replies("Yes, of course we do.");
      caller.says(SAY.get("noisy"));
      caller.await("all of it at the carrier", DEADLINE, () -> isWhole(caller, 2));
      assertThat(HeardSpeech.count(caller, "Yes, of course we do.", 0)).isZero();
      int clears = caller.clearsReceived();
      Queue<SimulatorEvent> seen = new ConcurrentLinkedQueue<>();
      stack.providers().events().listen(seen::add);
      caller.beginsToSay(SAY.get("stop")).awaitClears(clears + 1, DEADLINE);
      System.out.printf(
          "barge-in: %.1f ms from the words that stop the agent to the clear%n", bargeIn(seen));
      line.buffers(Duration.ZERO);
      stack.providers().groq().replies("Fine.");
      caller.awaitAgentSpeaking(DEADLINE).awaitAgentQuiet(DEADLINE);
      assertThat(caller.clearsReceived()).isEqualTo(clears + 1);
      assertThat(stack.providers().groq().lastPrompt()).doesNotContain("of course we do");
    }
  }

  /// Milliseconds from two words at the speech recogniser's to the clear at the carrier's.
  private static double bargeIn(Queue<SimulatorEvent> seen) {
    long words =
        seen.stream()
            .filter(e -> e.simulator().equals("deepgram") && e.detail().strip().contains(" "))
            .mapToLong(SimulatorEvent::nanos)
            .min()
            .orElseThrow();
    long clear =
        seen.stream()
            .filter(e -> e.kind().equals("clear"))
            .mapToLong(SimulatorEvent::nanos)
            .min()
            .orElseThrow();
    return (clear - words) / 1e6;
  }

  /// Whether the last mark of a reply has come, told by none that follows it for a while.
  private static boolean isWhole(Caller caller, int reply) {
    List<CallEvent.MarkReceived> marks =
        caller.recording().events(CallEvent.MarkReceived.class).stream()
            .filter(m -> m.name().startsWith("r" + reply + "."))
            .toList();
    return !marks.isEmpty()
        && HeardClips.now(caller) - marks.getLast().at() > 1600; // marks come each 200 ms
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aGoodbyeIsHeardThoughItsMarksAreLostAndTheHangUpComesInTime_L3_L4(boolean all) {
    LineFaults line = new LineFaults();
    try (Stack stack = start(Map.of("IDLE_PROMPT_MS", "1000", "IDLE_PROMPT_MAX", "0"));
        Caller caller = dial(stack, line)) {
      caller.awaitAgentSpeaking(DEADLINE).awaitAgentQuiet(DEADLINE);
      line.dropsMarks(all ? _ -> true : name -> name.endsWith("1"));
      caller.awaitEnd(DEADLINE);
      assertThat(HeardSpeech.count(caller, Clips.Name.GOODBYE.text(), 0)).isEqualTo(1);
      long quiet = caller.recording().events(CallEvent.AgentQuiet.class).getLast().at();
      long over = caller.recording().events(CallEvent.StreamEnded.class).getLast().at();
      assertThat((over - quiet) / 8).as("ms from the last sound to the end").isLessThan(3000);
    }
  }

  @Test
  void afterAnyMarkThatIsLostTheNextTurnIsSpoken_L7() {
    LineFaults line = new LineFaults();
    Random random = new Random(7);
    try (Stack stack = start(Map.of());
        Caller caller = dial(stack, line)) {
      caller.awaitAgentSpeaking(DEADLINE).awaitAgentQuiet(DEADLINE);
      for (int turn = 1; turn <= 3; turn++) {
        int lost = random.nextInt(8);
        int heard = turn;
        line.dropsMarks(nth(lost));
        stack.providers().groq().replies(answer());
        caller.says(SAY.get("noisy")).awaitAgentSpeaking(DEADLINE);
        caller.await("answer " + turn, DEADLINE, () -> answersHeard(caller) == heard);
        caller.awaitAgentQuiet(DEADLINE);
      }
      assertThat(caller.clearsReceived()).isZero();
    }
  }

  /// The mark of that index, from now on.
  private static Predicate<String> nth(int index) {
    int[] seen = {0};
    return _ -> seen[0]++ == index;
  }
}
