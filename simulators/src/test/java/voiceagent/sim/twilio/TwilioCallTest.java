package voiceagent.sim.twilio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import voiceagent.sim.event.SimulatorEvents;
import voiceagent.sim.server.Answer;
import voiceagent.sim.speech.Utterance;

class TwilioCallTest {
  private static final Duration DEADLINE = StandInGateway.DEADLINE;
  private static final String AFTER = "<Redirect>/after-stream</Redirect>";

  private final SimulatorEvents events = new SimulatorEvents();
  private final List<String> kinds = new CopyOnWriteArrayList<>();
  private final TwilioSimulator twilio = TwilioSimulator.start(0, events);
  private final StandInGateway gateway = new StandInGateway();

  TwilioCallTest() {
    events.listen(e -> kinds.add(e.kind()));
  }

  @AfterEach
  void close() {
    twilio.close();
    gateway.close();
  }

  @Test
  void afterTheGatewayClosedTheStreamTheNextVerbRuns_S22() throws Exception {
    gateway.answers("/incoming-call", StandInGateway.connect("wss://voice.example.com/ws", AFTER));
    try (Caller caller = twilio.dial(gateway.request())) {
      StandInGateway.Socket socket = gateway.socket();
      socket.awaitStart();
      socket.peer().close(1000, "done");
      CallOutcome outcome = caller.awaitEnd(DEADLINE);
      assertThat(outcome.status()).isEqualTo(CallStatus.COMPLETED);
      assertThat(outcome.reason()).isEqualTo("<Hangup>");
      assertThat(outcome.errors()).isEmpty();
      assertThat(gateway.asked("/after-stream").getFirst().form())
          .containsEntry("CallSid", caller.callSid())
          .containsEntry("CallStatus", "in-progress");
      assertThat(kinds)
          .containsExactly("dialled", "answered", "stream-started", "stream-ended", "hang-up");
    }
  }

  @Test
  void aLostSocketAlsoLeadsToTheNextVerbWhichMayConnectAgain_S22() throws Exception {
    gateway.answers("/incoming-call", StandInGateway.connect("wss://voice.example.com/ws", AFTER));
    gateway.answers("/after-stream", StandInGateway.connect("/ws", ""));
    try (Caller caller = twilio.dial(gateway.request())) {
      StandInGateway.Socket first = gateway.socket();
      first.awaitStart();
      first.peer().abort();
      StandInGateway.Socket second = gateway.socket();
      assertThat(second.next("start").path("sequenceNumber").asText()).isEqualTo("1");
      second.audio(160, 1).mark("r1.1");
      assertThat(second.nextMark()).isEqualTo("r1.1");
      CallOutcome outcome = caller.hangUp();
      assertThat(outcome.streams()).isEqualTo(2);
      assertThat(outcome.status()).isEqualTo(CallStatus.COMPLETED);
      List<CallEvent.StreamStarted> starts =
          caller.recording().events(CallEvent.StreamStarted.class);
      assertThat(starts.get(0).at()).isZero();
      assertThat(starts.get(1).at()).isPositive();
    }
  }

  @Test
  void theCallerCanLoseTheSocketWithoutStop_S25() throws Exception {
    try (Caller caller = twilio.dial(gateway.request())) {
      StandInGateway.Socket socket = gateway.socket();
      socket.awaitStart();
      caller.losesSocket();
      assertThat(socket.closeCode()).isEqualTo(1006);
      assertThat(caller.awaitEnd(DEADLINE).reason()).isEqualTo("the TwiML came to its end");
    }
  }

  @Test
  void aCarrierThatVanishesLeavesTheConnectionOpenAndSilent_L38() throws Exception {
    StandInGateway.Socket socket;
    try (Caller caller = twilio.dial(gateway.request())) {
      socket = gateway.socket();
      socket.awaitStart();
      caller.vanishes().awaitEnd(DEADLINE);
      socket.mark("anybody?");
      passes(Duration.ofSeconds(4));
      assertThat(socket.isClosed()).isFalse();
    }
    assertThat(socket.closeCode()).isEqualTo(1006);
  }

  /// Lets time pass by the clock of another call.
  private void passes(Duration time) throws Exception {
    try (Caller other = twilio.dial(gateway.request())) {
      gateway.socket().awaitStart();
      other.says(new Utterance("nothing", new byte[(int) time.toMillis() * 8], List.of()));
    }
  }

  @Test
  void withoutAnAnswerInTimeTheFallbackIsAsked_S24() throws Exception {
    twilio.webhookDeadline(Duration.ofMillis(300));
    gateway.neverAnswers("/incoming-call");
    gateway.answers("/fallback", "<Response><Say>Sorry.</Say></Response>");
    try (Caller caller = twilio.dial(gateway.request().fallback("/fallback"))) {
      CallOutcome outcome = caller.awaitEnd(DEADLINE);
      assertThat(outcome.has(TwilioError.FETCH_FAILED)).isTrue();
      assertThat(outcome.said()).containsExactly("Sorry.");
      assertThat(outcome.status()).isEqualTo(CallStatus.COMPLETED);
      assertThat(gateway.asked("/fallback").getFirst().form())
          .containsEntry("ErrorCode", "11200")
          .containsEntry("ErrorUrl", "https://voice.example.com/incoming-call");
    }
  }

  @Test
  void withoutAFallbackTheCallFails() {
    twilio.webhookDeadline(Duration.ofMillis(300));
    gateway.neverAnswers("/incoming-call");
    try (Caller caller = twilio.dial(gateway.request())) {
      CallOutcome outcome = caller.awaitEnd(DEADLINE);
      assertThat(outcome.status()).isEqualTo(CallStatus.FAILED);
      assertThat(outcome.reason()).contains("has not answered in 300 ms");
      assertThat(kinds).doesNotContain("answered");
    }
  }

  @Test
  void whatIsWrongWithTheAnswerIsToldWithTwiliosCode() {
    gateway.answers("/incoming-call", new Answer.Whole(500, Map.of(), "oops"));
    assertThat(outcome().has(TwilioError.FETCH_FAILED)).isTrue();
    gateway.answers(
        "/incoming-call",
        new Answer.Whole(200, Map.of("content-type", "text/plain"), "<Response/>"));
    assertThat(outcome().has(TwilioError.WRONG_CONTENT_TYPE)).isTrue();
    gateway.answers("/incoming-call", "<Response><Say>unclosed</Response>");
    assertThat(outcome().has(TwilioError.PARSE_FAILED)).isTrue();
  }

  @Test
  void aGatewayThatIsNotThereIs11205() {
    StandInGateway gone = new StandInGateway();
    CallRequest request = gone.request();
    gone.close();
    try (Caller caller = twilio.dial(request)) {
      assertThat(caller.awaitEnd(DEADLINE).has(TwilioError.CONNECTION_FAILED)).isTrue();
    }
  }

  @Test
  void aRejectedCallIsNeverAnswered_S24() {
    gateway.answers(
        "/incoming-call", "<Response><Reject reason=\"busy\"/><Say>Never.</Say></Response>");
    CallOutcome busy = outcome();
    assertThat(busy.status()).isEqualTo(CallStatus.BUSY);
    assertThat(busy.said()).isEmpty();
    assertThat(busy.duration()).isZero();
    assertThat(kinds).containsExactly("dialled", "refused");
    gateway.answers("/incoming-call", "<Response><Reject/></Response>");
    assertThat(outcome().status()).isEqualTo(CallStatus.NO_ANSWER);
  }

  @Test
  void aStreamThatCannotBeOpenedLeadsToTheNextVerb() {
    gateway.refusesSockets(403);
    gateway.answers(
        "/incoming-call", StandInGateway.connect("wss://voice.example.com/ws", "<Say>Bye.</Say>"));
    CallOutcome refused = outcome();
    assertThat(refused.has(TwilioError.STREAM_HANDSHAKE)).isTrue();
    assertThat(refused.said()).containsExactly("Bye.");
    gateway.answers("/incoming-call", StandInGateway.connect("ws://voice.example.com/ws", ""));
    assertThat(outcome().has(TwilioError.STREAM_SCHEME)).isTrue();
    gateway.answers("/incoming-call", StandInGateway.connect("https://voice.example.com/ws", ""));
    assertThat(outcome().has(TwilioError.STREAM_SCHEME)).isTrue();
    gateway.answers("/incoming-call", StandInGateway.connect("wss:nowhere", ""));
    assertThat(outcome().has(TwilioError.STREAM_URL)).isTrue();
  }

  @Test
  void aPlainStreamIsOpenedIfTheTestAllowsIt() throws Exception {
    gateway.answers("/incoming-call", StandInGateway.connect("ws://voice.example.com/ws", ""));
    try (Caller caller = twilio.dial(gateway.request().allowPlainStreams())) {
      gateway.socket().awaitStart();
      assertThat(caller.hangUp().errors()).isEmpty();
    }
  }

  @Test
  void aTransferDialsAndItsActionSaysWhatComesThen() {
    twilio.calledParties(CallStatus.IN_PROGRESS, Duration.ZERO, Duration.ofMillis(100));
    gateway.answers(
        "/incoming-call",
        "<Response><Dial action=\"/done\"><Number>+15005550010</Number></Dial></Response>");
    gateway.answers("/done", "<Response><Say>Back.</Say></Response>");
    CallOutcome outcome = outcome();
    assertThat(outcome.transfers()).containsExactly("+15005550010");
    assertThat(outcome.said()).containsExactly("Back.");
    assertThat(gateway.asked("/done").getFirst().form())
        .containsEntry("DialCallStatus", "completed")
        .containsEntry("DialBridged", "true");
  }

  @Test
  void aDocumentThatRedirectsForEverEndsTheCall() {
    gateway.answers("/incoming-call", "<Response><Redirect>/incoming-call</Redirect></Response>");
    CallOutcome outcome = outcome();
    assertThat(outcome.status()).isEqualTo(CallStatus.FAILED);
    assertThat(gateway.asked("/incoming-call")).hasSize(100);
  }

  @Test
  void theStatusCallbackComesAtTheEndTwiceIfToldSo_S25() throws Exception {
    twilio.repeatsCallbacks(true);
    gateway.answers("/call-status", new Answer.Whole(204, Map.of(), ""));
    try (Caller caller = twilio.dial(gateway.request().statusCallback("/call-status"))) {
      gateway.socket().awaitStart();
      caller.hangUp();
      long end = System.nanoTime() + DEADLINE.toNanos();
      while (gateway.asked("/call-status").size() < 2 && System.nanoTime() < end) {
        Thread.onSpinWait();
      }
      assertThat(gateway.asked("/call-status"))
          .hasSize(2)
          .allSatisfy(a ->
              assertThat(a.form())
                  .containsEntry("CallStatus", "completed")
                  .containsEntry("SequenceNumber", "0")
                  .containsKeys("CallDuration", "Timestamp"));
    }
  }

  @Test
  void aWaitThatFailsSaysWhatWasAwaitedAndWhatWasTheCase() throws Exception {
    try (Caller caller = twilio.dial(gateway.request())) {
      gateway.socket().awaitStart();
      assertThatThrownBy(() -> caller.awaitAgentSpeaking(Duration.ofMillis(50)))
          .isInstanceOf(CallerException.class)
          .hasMessageContaining("waited 50 ms for the agent to speak")
          .hasMessageContaining("in-progress");
      caller.hangUp();
      assertThatThrownBy(() -> caller.awaitAgentSpeaking(Duration.ofSeconds(60)))
          .hasMessageContaining("the call is over");
    }
  }

  private CallOutcome outcome() {
    try (Caller caller = twilio.dial(gateway.request())) {
      return caller.awaitEnd(DEADLINE);
    }
  }
}
