package voiceagent.e2e;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import voiceagent.sim.server.Answer;
import voiceagent.sim.server.Request;
import voiceagent.sim.server.SimulatorServer;
import voiceagent.sim.speech.Recordings;
import voiceagent.sim.twilio.CallRequest;
import voiceagent.sim.twilio.Caller;

/// The carrier vanishes, does not read, or is noisy: seen in whole calls.
class CarrierLossTest {
  private static final Duration DEADLINE = ofSeconds(20);
  private static final Recordings SAY = Recordings.load();

  /// One place in the gateway and one in each stage: a second call is taken only once all of them
  /// are free again.
  @Test
  void whatACallHeldIsFreeInEveryServiceThreeSecondsAfterItsCarrierVanished_L38() {
    try (Stack stack = Stack.start(Map.of("MAX_CALLS", "1", "MAX_SESSIONS", "1"))) {
      try (Caller caller = stack.dial()) {
        caller.awaitAgentSpeaking(DEADLINE).awaitAgentQuiet(DEADLINE);
        try (Caller other = stack.dial()) {
          assertThat(other.awaitEnd(DEADLINE).said().getFirst()).contains("lines are busy");
        }
        long vanished = System.nanoTime();
        caller.vanishes();
        Await.until("the call to be gone", ofSeconds(10), () -> stack.gateway().calls() == 0);
        Await.until(
            "the providers' side of it to be gone",
            ofSeconds(10),
            () ->
                stack.providers().deepgram().connections() == 0
                    && stack.providers().cartesia().openContexts() == 0);
        Duration took = Duration.ofNanos(System.nanoTime() - vanished);
        System.out.printf("carrier vanished: all was free after %d ms%n", took.toMillis());
        assertThat(took).isLessThan(ofSeconds(3));
        try (Caller next = stack.dial()) {
          next.awaitAgentSpeaking(DEADLINE);
        }
      }
    }
  }

  @Test
  void aCarrierThatReadsNoMoreIsLeftWithinThreeSecondsAndTheCallGoesOnOnANewStream_L10_L26() {
    try (Stack stack = Stack.start();
        Caller caller = stack.dial()) {
      List<Caller> others = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        others.add(stack.dial());
      }
      caller.awaitAgentSpeaking(DEADLINE).awaitAgentQuiet(DEADLINE);
      others.forEach(c -> c.beginsToSay(SAY.get("hours")));
      caller.says(SAY.get("hours")).awaitAgentHeard(ofSeconds(1), DEADLINE);
      long stopped = System.nanoTime();
      caller.stopsReading();
      caller.awaitStreams(2, DEADLINE);
      Duration took = Duration.ofNanos(System.nanoTime() - stopped);
      System.out.printf("carrier stopped reading: a new stream after %d ms%n", took.toMillis());
      assertThat(took).isLessThan(ofSeconds(4)); // 3 s, and what the next stream takes
      caller.await("the agent", DEADLINE, caller::agentSpeaks).awaitAgentQuiet(DEADLINE);
      caller.says(SAY.get("greeting")).awaitAgentSpeaking(DEADLINE);
      assertThat(Http.get(stack.url(), "/metrics").body())
          .contains("voiceagent_calls_ended_total{reason=\"not-reading\"");
      others.forEach(c -> c.awaitAgentSpeaking(DEADLINE).awaitAgentQuiet(DEADLINE));
      System.out.printf(
          "carrier stopped reading: %d underruns in %d other calls%n",
          others.stream().mapToInt(Caller::underruns).sum(), others.size());
      assertThat(others)
          .allSatisfy(c -> assertThat(c.streams()).isEqualTo(1))
          .allSatisfy(c -> assertThat(c.underruns()).isZero())
          .allSatisfy(c -> assertThat(c.clearsReceived()).isZero());
      others.forEach(Caller::close);
    }
  }

  @Test
  void aCoughBeforeTheFirstFrameDoesNotTakeTheGreeting_L5() {
    greetingsUnderNoise(10);
  }

  @Tag("soak")
  @Test
  void noiseBeforeTheFirstFrameNeverTakesTheGreetingIn200Calls_L5() {
    for (int i = 0; i < 10; i++) {
      greetingsUnderNoise(20);
    }
  }

  private static void greetingsUnderNoise(int count) {
    try (Stack stack = Stack.start()) {
      List<Caller> callers = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        callers.add(stack.dial().beginsToSay(SAY.get(i % 2 == 0 ? "noise" : "uhhuh")));
      }
      callers.forEach(c -> c.await("the greeting", DEADLINE, c::agentSpeaks));
      callers.forEach(c -> c.awaitAgentQuiet(DEADLINE));
      assertThat(callers)
          .allSatisfy(c -> {
            assertThat(c.clearsReceived()).isZero();
            assertThat(c.recording().played().getLast().to()).isGreaterThan(8000L);
          });
      callers.forEach(Caller::close);
    }
  }

  /// The number is answered by a TwiML Bin, which opens the stream and can make no token.
  @Test
  void aTwimlBinsStreamIsAdmittedWithoutATokenOnlyWhereThatIsAllowed() {
    for (boolean required : List.of(true, false)) {
      try (Stack stack = Stack.start(Map.of("STREAM_TOKEN_REQUIRED", String.valueOf(required)));
          SimulatorServer bin = new SimulatorServer("PORT", 0, CarrierLossTest::bin);
          Caller caller =
              stack
                  .providers()
                  .twilio()
                  .dial(
                      new CallRequest(URI.create("http://127.0.0.1:" + bin.port()))
                          .publicHost(Providers.PUBLIC_HOST)
                          .socketsTo(stack.url()))) {
        if (required) {
          assertThat(caller.awaitEnd(DEADLINE).streams()).isEqualTo(1);
          assertThat(Http.get(stack.url(), "/metrics").body())
              .contains("voiceagent_streams_refused_total{reason=\"token_missing\"");
          assertThat(caller.recording().played()).isEmpty();
        } else {
          caller.awaitAgentSpeaking(DEADLINE);
        }
      }
    }
  }

  private static CompletionStage<Answer> bin(Request request) {
    String twiml =
        request.path().equals("/incoming-call")
            ? "<Connect><Stream url=\"wss://"
                + Providers.PUBLIC_HOST
                + "/ws\"/></Connect><Redirect>/after-stream</Redirect>"
            : "<Hangup/>";
    return CompletableFuture.completedFuture(
        new Answer.Whole(
            200, Map.of("content-type", "text/xml"), "<Response>" + twiml + "</Response>"));
  }
}
