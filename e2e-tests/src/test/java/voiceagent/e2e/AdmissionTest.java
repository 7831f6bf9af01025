package voiceagent.e2e;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import voiceagent.sim.twilio.Caller;
import voiceagent.sim.twilio.TwilioSignature;
import voiceagent.sim.twilio.TwilioSimulator;

/// Calls are admitted by reservation, of a place in the gateway and one in each stage (L31).
class AdmissionTest {
  private static final Duration DEADLINE = ofSeconds(30);
  private static final String BUSY = "lines are busy";

  @Test
  void fiftyWebhooksAtOnceAdmitExactlyTheLimitAndWhatIsNotClaimedIsReleased_L31() throws Exception {
    try (Stack stack = Stack.start(Map.of("MAX_CALLS", "7"))) {
      long begin = System.nanoTime();
      List<String> answers = ring(stack, 50);
      assertThat(answers).filteredOn(a -> a.contains("<Stream ")).hasSize(7);
      assertThat(answers).filteredOn(a -> a.contains(BUSY)).hasSize(43);
      assertThat(ring(stack, 1).getFirst()).contains(BUSY);

      Await.until(
          "what nobody claimed to be released",
          ofSeconds(20),
          () -> ring(stack, 1).getFirst().contains("<Stream "));
      Duration took = Duration.ofNanos(System.nanoTime() - begin);
      System.out.printf("unclaimed reservations were released after %d ms%n", took.toMillis());
      assertThat(took).isBetween(ofSeconds(10), ofSeconds(13));
      try (Caller caller = stack.dial()) {
        caller.awaitAgentSpeaking(DEADLINE);
      }
    }
  }

  /// A webhook that Twilio sends again takes no second place.
  @Test
  void theSameCallAskedTwiceHasOnePlace() throws Exception {
    try (Stack stack = Stack.start(Map.of("MAX_CALLS", "2"))) {
      List<Callable<String>> same = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        same.add(() -> ring(stack, "CA" + "7".repeat(32)));
      }
      assertThat(all(same)).allMatch(a -> a.contains("<Stream "));
      assertThat(ring(stack, "CA" + "8".repeat(32))).contains("<Stream ");
      assertThat(ring(stack, "CA" + "9".repeat(32))).contains(BUSY);
    }
  }

  /// Each refusal opens streams to the stages and gives them back: were one kept, the five places
  /// were soon gone for good.
  @Test
  void aThousandRefusedCallsLeaveNothingBehind_L31() throws Exception {
    try (Stack stack = Stack.start(Map.of("MAX_CALLS", "2000", "MAX_SESSIONS", "5"))) {
      List<Caller> callers = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        callers.add(stack.dial().awaitAgentSpeaking(DEADLINE));
      }
      ring(stack, 100); // threads, pools and connections that stay
      long threads = threads();
      int sockets = stack.providers().cartesia().openSockets();
      for (int i = 0; i < 10; i++) {
        assertThat(ring(stack, 100)).noneMatch(a -> a.contains("<Stream "));
      }
      assertThat(stack.gateway().calls()).isEqualTo(5);
      Await.until("threads to end", DEADLINE, () -> threads() <= threads + 2);
      assertThat(stack.providers().deepgram().connections()).isLessThanOrEqualTo(5);
      assertThat(stack.providers().cartesia().openSockets()).isLessThanOrEqualTo(sockets + 1);

      callers.forEach(Caller::close);
      Await.until("the five to be gone", DEADLINE, () -> stack.gateway().calls() == 0);
      List<Caller> again = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        again.add(stack.dial().awaitAgentSpeaking(DEADLINE));
      }
      assertThat(ring(stack, 1).getFirst()).contains(BUSY);
      again.forEach(Caller::close);
    }
  }

  /// A stage that does not answer costs a second, not Twilio's fifteen.
  @Test
  void aWebhookIsAnsweredWithinTwoSecondsThoughAStageIsAway_C14() {
    try (Stack stack = Stack.start();
        Caller first = stack.dial()) {
      first.awaitAgentSpeaking(DEADLINE);
      stack.providers().deepgram().delayHandshakes(ofSeconds(30));
      long begin = System.nanoTime();
      String answer = ring(stack, "CA" + "6".repeat(32));
      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(ofSeconds(2));
      assertThat(answer).startsWith("<?xml");
    }
  }

  /// Without those of this test's own HTTP client, and of the JVM's pool for virtual threads.
  private static long threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(t -> !t.getName().startsWith("HttpClient") && !t.getName().startsWith("ForkJoin"))
        .count();
  }

  /// So many calls at once, that nobody claims.
  private static List<String> ring(Stack stack, int count) {
    List<Callable<String>> calls = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String sid = "CA%032x".formatted(System.nanoTime() * 1000 + i);
      calls.add(() -> ring(stack, sid));
    }
    return all(calls);
  }

  private static List<String> all(List<Callable<String>> calls) {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<String> answers = new ArrayList<>();
      for (Future<String> answer : threads.invokeAll(calls)) {
        answers.add(answer.resultNow());
      }
      return answers;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static String ring(Stack stack, String callSid) {
    Map<String, String> form =
        new TreeMap<>(Map.of("CallSid", callSid, "From", "+15005550006", "To", "+15005550001"));
    String body =
        form.entrySet().stream()
            .map(e -> e.getKey() + "=" + URLEncoder.encode(e.getValue(), StandardCharsets.UTF_8))
            .collect(Collectors.joining("&"));
    return Http.send(
            HttpRequest.newBuilder(stack.url().resolve("/incoming-call"))
                .header("content-type", "application/x-www-form-urlencoded")
                .header(
                    "x-twilio-signature",
                    TwilioSignature.of(
                        TwilioSimulator.AUTH_TOKEN,
                        "https://" + Providers.PUBLIC_HOST + "/incoming-call",
                        form))
                .POST(HttpRequest.BodyPublishers.ofString(body)))
        .body();
  }
}
