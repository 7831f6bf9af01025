package voiceagent.e2e;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import voiceagent.sim.groq.ChatRequest;
import voiceagent.sim.groq.ModelReply;
import voiceagent.sim.speech.Recordings;
import voiceagent.sim.twilio.Caller;
import voiceagent.sim.twilio.LineFaults;

/// Callers who interrupt at random instants, behind carriers that buffer and networks that are
/// slow: nothing of an old reply is heard afterwards, and the conversation remembers what was heard
/// of it, no more and no less.
class InterruptionsTest {
  private static final Duration DEADLINE = ofSeconds(40);
  private static final Recordings SAY = Recordings.load();
  private static final long SEED = 20261124;

  /// What may be on the line of a call, in ms: the carrier's buffer, and the way each way.
  private static final int MOST_BUFFER = 600;

  private static final int MOST_NETWORK = 100;

  /// What callers say last, each of a few something else.
  private static final List<String> LAST_WORDS =
      List.of("hours", "pricing", "booking", "email", "noisy", "human_read");

  private static final String[] WORDS =
      ("garden winter seven paper river yellow morning table doctor window people number silver"
              + " market coffee letter summer bridge travel orange")
          .split(" ");

  @Test
  void fiftyInterruptionsLeaveNoOldFrameAndAreRememberedAsHeard_L2_L17_L18_L32_L37() {
    interrupt(5, 10);
  }

  @Test
  @Tag("soak")
  void aThousandInterruptionsLeaveNoOldFrameAndAreRememberedAsHeard_L2_L17_L18_L32_L37() {
    interrupt(20, 50);
  }

  private static void interrupt(int calls, int times) {
    try (Stack stack = Stack.start(Map.of("IDLE_PROMPT_MS", "600000", "ROUTER_ENABLED", "false"))) {
      // Services, simulators and carrier begin cold, in one process, on the processors of a test.
      try (Caller first = stack.dial()) {
        first.awaitAgentSpeaking(DEADLINE).awaitAgentHeard(ofSeconds(1), DEADLINE);
      }
      int sockets = stack.providers().cartesia().handshakes();
      AtomicInteger answers = new AtomicInteger();
      stack.providers().groq().script(_ -> new ModelReply.Text(answer(answers.incrementAndGet())));
      Random random = new Random(SEED);
      List<Thread> threads = new ArrayList<>();
      List<Caller> callers = new ArrayList<>();
      List<Integer> buffers = new ArrayList<>();
      List<Throwable> failures = new java.util.concurrent.CopyOnWriteArrayList<>();
      for (int i = 0; i < calls; i++) {
        int buffer = MOST_BUFFER * i / (calls - 1);
        LineFaults line =
            new LineFaults()
                .buffers(ofMillis(buffer))
                .delaysAudio(ofMillis(random.nextInt(MOST_NETWORK)))
                .delaysEchoes(ofMillis(random.nextInt(MOST_NETWORK)));
        Caller caller = stack.providers().twilio().dial(stack.request().faults(line));
        caller.awaitStream(DEADLINE);
        Random instants = new Random(random.nextLong());
        callers.add(caller);
        buffers.add(buffer);
        threads.add(Thread.ofVirtual().start(() -> interrupts(caller, times, instants, failures)));
      }
      threads.forEach(InterruptionsTest::join);
      assertThat(failures).isEmpty();
      HeardWords heard = new HeardWords(stack.providers().cartesia().spoken());
      for (int from = 0; from < calls; from += LAST_WORDS.size()) {
        List<Caller> some = callers.subList(from, Math.min(calls, from + LAST_WORDS.size()));
        for (int i = 0; i < some.size(); i++) {
          some.get(i).beginsToSay(SAY.get(LAST_WORDS.get(i)));
        }
        for (int i = 0; i < some.size(); i++) {
          ChatRequest request = asked(stack, LAST_WORDS.get(i), from / LAST_WORDS.size());
          heard.add(buffers.get(from + i), some.get(i), times, request.messages());
        }
      }
      callers.forEach(Caller::close);
      System.out.println(heard.table());
      assertThat(heard.strangeSounds()).as("sounds that are no reply's beginning").isEmpty();
      assertThat(heard.count()).isGreaterThanOrEqualTo(calls * times * 9 / 10);
      assertThat(heard.quantile(0.95)).as("words that the ledger was wrong by").isLessThan(2);
      assertThat(stack.providers().cartesia().refusals()).isEmpty();
      assertThat(stack.providers().cartesia().handshakes())
          .as("sockets")
          .isEqualTo(sockets + calls);
      Await.until(
          "the last contexts to end",
          DEADLINE,
          () -> stack.providers().cartesia().openContexts() == 0);
    }
  }

  private static void interrupts(
      Caller caller, int times, Random random, List<Throwable> failures) {
    try {
      caller.awaitAgentSpeaking(DEADLINE).awaitAgentQuiet(DEADLINE);
      caller.says(SAY.get("greeting"));
      for (int i = 1; i <= times; i++) {
        caller.awaitAgentSpeaking(DEADLINE);
        LockSupport.parkNanos(ofMillis(random.nextInt(1800)).toNanos());
        caller.beginsToSay(SAY.get("stop")).awaitClears(i, DEADLINE);
        int said = i + 1;
        caller.await("the words to be said", DEADLINE, () -> said(caller) >= said);
      }
    } catch (RuntimeException e) {
      failures.add(e);
    }
  }

  private static int said(Caller caller) {
    return caller.recording().events(voiceagent.sim.twilio.CallEvent.CallerSaid.class).size();
  }

  /// What the model is told of the call whose caller says these words.
  ///
  /// @param nth of those that said them
  private static ChatRequest asked(Stack stack, String words, int nth) {
    String said = SAY.get(words).transcript();
    List<ChatRequest> found = new ArrayList<>();
    Await.until(
        "the model to be asked: " + said,
        DEADLINE,
        () -> {
          found.clear();
          stack.providers().groq().requests().stream()
              .filter(r -> r.lastUser().endsWith(said))
              .forEach(found::add);
          return found.size() > nth;
        });
    return found.get(nth);
  }

  /// A long answer that no other begins like.
  private static String answer(int number) {
    Random random = new Random(number);
    StringBuilder text = new StringBuilder();
    for (int sentence = 0; sentence < 6; sentence++) {
      StringBuilder words = new StringBuilder();
      for (int word = 0; word < 8; word++) {
        words.append(WORDS[random.nextInt(WORDS.length)]).append(' ');
      }
      words.setCharAt(0, Character.toUpperCase(words.charAt(0)));
      text.append(words.toString().strip()).append(". ");
    }
    return text.toString().strip();
  }

  private static void join(Thread thread) {
    try {
      thread.join(Duration.ofMinutes(15));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
