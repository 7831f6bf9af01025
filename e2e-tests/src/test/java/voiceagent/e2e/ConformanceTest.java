package voiceagent.e2e;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import voiceagent.sim.speech.Recordings;
import voiceagent.sim.twilio.CallEvent;
import voiceagent.sim.twilio.CallOutcome;
import voiceagent.sim.twilio.Caller;

/// Lines of the protocol's conformance list that only a whole call can show: greeting, question,
/// answer that is interrupted, next answer.
class ConformanceTest {
  private static final Duration DEADLINE = ofSeconds(20);
  private static final Recordings SAY = Recordings.load();
  private static final String LONG =
      "We are open every day. On monday from eight to five, on tuesday from nine to six, on"
          + " wednesday from ten to seven, and on friday evenings until midnight.";

  @SuppressWarnings("NullAway.Init")
  private static Caller caller;

  @SuppressWarnings("NullAway.Init")
  private static CallOutcome outcome;

  @SuppressWarnings("NullAway.Init")
  private static String prompt;

  @SuppressWarnings("NullAway.Init")
  private static String metrics;

  @BeforeAll
  static void call() {
    try (Stack stack = Stack.start()) {
      stack.providers().groq().replies(LONG, "That depends on the rooms.");
      caller = stack.dial();
      caller.awaitAgentSpeaking(DEADLINE).awaitAgentQuiet(DEADLINE);
      caller.says(SAY.get("hours")).awaitAgentHeard(ofMillis(2500), DEADLINE);
      caller.says(SAY.get("stop")).awaitClears(1, DEADLINE);
      caller.awaitAgentSpeaking(DEADLINE).awaitAgentQuiet(DEADLINE);
      prompt = stack.providers().groq().lastPrompt();
      outcome = caller.hangUp();
      Await.until("the call to be over", DEADLINE, () -> stack.gateway().calls() == 0);
      metrics = Http.get(stack.url(), "/metrics").body();
    }
  }

  private static List<CallEvent.MarkReceived> sent() {
    return caller.recording().events(CallEvent.MarkReceived.class);
  }

  @Test
  void everyMessageIsValidForTwilio_C7_C8() {
    assertThat(outcome.errors()).isEmpty(); // 31950, 31951: what the carrier would have dropped
    assertThat(caller.recording().events(CallEvent.AudioReceived.class))
        .isNotEmpty()
        .allSatisfy(a -> assertThat(a.length()).isPositive());
  }

  @Test
  void aMarkFollowsEachUtteranceAndNoNameComesTwice_C9() {
    assertThat(sent()).extracting(CallEvent.MarkReceived::name).doesNotHaveDuplicates();
    // After the last audio of the greeting and of the last answer.
    long lastAudio = caller.recording().events(CallEvent.AudioReceived.class).getLast().at();
    assertThat(sent().getLast().at()).isGreaterThanOrEqualTo(lastAudio);
    assertThat(caller.marks()).filteredOn(CallEvent.MarkEchoed::played).isNotEmpty();
  }

  @Test
  void anInterruptionClearsOnceAndNothingOfTheOldReplyFollows_C10() {
    List<CallEvent.Cleared> clears = caller.recording().events(CallEvent.Cleared.class);
    assertThat(clears).hasSize(1);
    long at = clears.getFirst().at();
    assertThat(clears.getFirst().discarded()).isPositive();
    // Frames of the old reply would go on each 20 ms; the next answer needs a turn of the caller's.
    assertThat(caller.recording().events(CallEvent.AudioReceived.class))
        .filteredOn(a -> a.at() > at)
        .isNotEmpty()
        .allSatisfy(a -> assertThat(a.at() - at).isGreaterThan(800));
    assertThat(caller.marks()).filteredOn(m -> !m.played()).isNotEmpty();
  }

  @Test
  void onlyWhatWasHeardIsRemembered_C10_C11() {
    assertThat(prompt).contains("How can I help you?").contains("We are open");
    assertThat(prompt).doesNotContain("until midnight");
  }

  @Test
  void depthLatenessRoundTripAndUnderrunsAreMeasuredWhereTheyHappen() {
    assertThat(caller.underruns()).isZero();
    assertThat(figure("voiceagent_mark_round_trip_seconds_count")).isPositive();
    assertThat(figure("voiceagent_pacer_lateness_seconds_count")).isPositive();
    assertThat(figure("voiceagent_playout_depth_frames_count")).isPositive();
    assertThat(metrics).contains("voiceagent_underruns_total");
    double mean =
        figure("voiceagent_mark_round_trip_seconds_sum")
            / figure("voiceagent_mark_round_trip_seconds_count");
    assertThat(mean).isLessThan(0.2); // to a carrier on this machine
  }

  private static double figure(String name) {
    Matcher line =
        Pattern.compile("^" + name + "(?:\\{[^}]*})? ([0-9.eE+-]+)$", Pattern.MULTILINE)
            .matcher(metrics);
    assertThat(line.find()).as(name).isTrue();
    return Double.parseDouble(line.group(1));
  }
}
