package voiceagent.e2e;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import voiceagent.sim.groq.ChatRequest;
import voiceagent.sim.groq.ModelReply;
import voiceagent.sim.speech.Recordings;
import voiceagent.sim.twilio.CallEvent;
import voiceagent.sim.twilio.Caller;

/// Two replicas of each stage as processes; one is killed, frozen, drained under ten calls, which
/// are in all phases of a turn: the caller speaks, waits, is answered. Prints what silence that
/// adds.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReplicaLossTest {
  private static final int CALLS = 10;
  private static final Duration DEADLINE = ofSeconds(40);
  private static final Duration APART = Duration.ofMillis(350);
  private static final Recordings SAY = Recordings.load();

  @SuppressWarnings("NullAway.Init")
  private ReplicatedStages stack;

  private enum Fault {
    KILL,
    FREEZE,
    DRAIN
  }

  /// What callers heard of one turn each.
  ///
  /// @param delays from the end of the caller's words to the agent's first sound, ascending
  /// @param underruns within replies, in all calls
  private record Turn(List<Duration> delays, int underruns) {
    Duration median() {
      return delays.get(delays.size() / 2);
    }

    Duration longest() {
      return delays.getLast();
    }
  }

  @BeforeAll
  void start() {
    stack = new ReplicatedStages(Map.of("GREETING", "Hello.", "DRAIN_SECONDS", "30"));
    stack.providers().groq().script(_ -> new ModelReply.Text("Yes, we are, all day."));
    warmUp();
  }

  /// A JVM that has just started takes no ten calls at once.
  private void warmUp() {
    List<Caller> first = Stream.generate(stack::dial).limit(ReplicatedStages.REPLICAS).toList();
    first.forEach(c -> c.awaitAgentSpeaking(DEADLINE));
    first.forEach(c -> c.awaitAgentQuiet(DEADLINE));
    first.forEach(c -> c.beginsToSay(SAY.get("greeting")));
    first.forEach(c -> c.says(SAY.get("bye")));
    first.forEach(Caller::close);
  }

  @AfterAll
  void close() {
    if (stack != null) {
      stack.close();
    }
  }

  @Test
  void tenCallsGoOnWhenAReplicaOfEachStageIsKilledFrozenAndDrained() {
    run(ReplicatedStages.STAGES);
  }

  @Tag("soak")
  @ParameterizedTest
  @ValueSource(strings = {"STT", "BRAIN", "TTS"})
  void tenCallsGoOnWhenAReplicaIsKilledFrozenAndDrained(String stage) {
    run(List.of(stage));
  }

  private void run(List<String> stages) {
    List<Caller> callers = new ArrayList<>();
    try {
      while (callers.size() < CALLS) {
        callers.add(stack.dial());
        LockSupport.parkNanos(APART.toNanos());
      }
      callers.forEach(c -> c.awaitAgentSpeaking(DEADLINE));
      callers.forEach(c -> c.awaitAgentQuiet(DEADLINE));
      Turn before = turn(callers, () -> {});
      print(stages, "none", before, before, "");
      for (Fault fault : Fault.values()) {
        // After the first fault all calls are on the other replica, so that is next.
        int number = fault == Fault.FREEZE ? 1 : 0;
        long[] began = new long[1];
        CompletableFuture<Duration> left = new CompletableFuture<>();
        Turn turn =
            turn(
                callers,
                () -> {
                  began[0] = System.nanoTime();
                  stages.forEach(stage -> hurt(stage, number, fault));
                  var _ =
                      Thread.ofVirtual()
                          .start(() -> {
                            awaitLeft(stages, 1 - number);
                            left.complete(Duration.ofNanos(System.nanoTime() - began[0]));
                          });
                });
        Duration leftAfter = left.orTimeout(20, TimeUnit.SECONDS).join();
        String note = "left after %.1f s".formatted(leftAfter.toMillis() / 1000.0);
        if (fault != Fault.DRAIN) {
          assertThat(leftAfter).as("%s of %s left", fault, stages).isLessThan(ofSeconds(3));
        }
        if (fault == Fault.DRAIN) {
          assertThat(stages).noneMatch(s -> Http.isReady(stack.replica(s, number).face()));
          Await.until(
              "drained replicas to end",
              ofSeconds(15),
              () -> stages.stream().noneMatch(s -> stack.replica(s, number).isAlive()));
          note += ", gone after %.1f s".formatted((System.nanoTime() - began[0]) / 1e9);
        }
        print(stages, fault.name().toLowerCase(java.util.Locale.ROOT), before, turn, note);
        assertThat(turn.longest().minus(before.median()))
            .as("silence that %s of %s adds", fault, stages)
            .isLessThan(ofSeconds(6));
        stages.forEach(stage -> stack.restart(stage, number));
        stack.awaitAll();
        warmUp();
      }
      assertThat(callers)
          .allSatisfy(c -> assertThat(HeardClips.find(c, "stage-down", 0)).isEqualTo(-1));
      assertThat(callers).allSatisfy(c -> assertThat(c.hangUp().streams()).isEqualTo(1));
    } finally {
      callers.forEach(Caller::close);
    }
    Await.until("the gateway to forget them", DEADLINE, stack::isIdle);
  }

  /// Until the other replicas serve all calls.
  private void awaitLeft(List<String> stages, int other) {
    for (String stage : stages) {
      URI face = stack.replica(stage, other).face();
      Await.until(
          "all calls to be served by the other replica of " + stage,
          ofSeconds(20),
          () ->
              Http.get(face, "/metrics")
                  .body()
                  .lines()
                  .anyMatch(
                      l -> l.startsWith("voiceagent_stage_sessions{") && l.endsWith(CALLS + ".0")));
    }
  }

  private void hurt(String stage, int number, Fault fault) {
    ServiceProcess replica = stack.replica(stage, number);
    switch (fault) {
      case KILL -> replica.kill();
      case FREEZE -> replica.freeze();
      case DRAIN -> replica.terminate();
    }
  }

  /// Each caller asks, one after the other; in the middle of that something happens. Each question
  /// is understood word for word, and answered.
  private Turn turn(List<Caller> callers, Runnable event) {
    int asked = stack.providers().groq().requests().size();
    int underruns = callers.stream().mapToInt(Caller::underruns).sum();
    List<Integer> said =
        callers.stream().map(c -> c.recording().events(CallEvent.CallerSaid.class).size()).toList();
    for (int i = 0; i < CALLS; i++) {
      callers.get(i).beginsToSay(SAY.get("greeting"));
      if (i == CALLS - 2) {
        event.run();
      }
      LockSupport.parkNanos(APART.toNanos());
    }
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
    List<ChatRequest> requests = stack.providers().groq().requests();
    assertThat(requests.subList(asked, requests.size()).stream().map(ChatRequest::lastUser))
        .hasSizeGreaterThanOrEqualTo(CALLS)
        .containsOnly(SAY.get("greeting").transcript());
    return new Turn(
        delays.stream().sorted().toList(),
        callers.stream().mapToInt(Caller::underruns).sum() - underruns);
  }

  private static void print(
      List<String> stages, String fault, Turn before, Turn turn, String note) {
    System.out.printf(
        "| %s | %s | %d of %d | %.2f s | %.2f s | %+.2f s | %d | %s |%n",
        stages.stream()
            .map(s -> s.toLowerCase(java.util.Locale.ROOT))
            .collect(Collectors.joining(" + ")),
        fault,
        turn.delays().size(),
        CALLS,
        turn.median().toMillis() / 1000.0,
        turn.longest().toMillis() / 1000.0,
        turn.longest().minus(before.median()).toMillis() / 1000.0,
        turn.underruns(),
        note);
  }
}
