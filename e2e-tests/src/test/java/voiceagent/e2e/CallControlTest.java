package voiceagent.e2e;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import voiceagent.sim.speech.Recordings;
import voiceagent.sim.twilio.CallEvent;
import voiceagent.sim.twilio.CallOutcome;
import voiceagent.sim.twilio.CallRecording;
import voiceagent.sim.twilio.CallStatus;
import voiceagent.sim.twilio.Caller;
import voiceagent.sim.twilio.RestRecording;
import voiceagent.v1.Action;
import voiceagent.v1.ActionOutcome;
import voiceagent.v1.CollectDtmf;
import voiceagent.v1.HangUp;
import voiceagent.v1.SendDtmf;
import voiceagent.v1.Transfer;

/// What the gateway does with a call by Twilio's means: end it, transfer it, place it, record it,
/// show it; with a brain of the test's own behind the public contract.
class CallControlTest {
  private static final Duration DEADLINE = ofSeconds(20);
  private static final Recordings SAY = Recordings.load();
  private static final String ADMIN = "an admin token";

  private static final ScriptedBrain BRAIN = new ScriptedBrain();
  private static final Stack STACK =
      Stack.start(
          Map.of(
              "BRAIN_TARGET",
              BRAIN.target(),
              "ADMIN_TOKEN",
              ADMIN,
              "TRANSFER_FALLBACK_TO",
              "sip:voicemail@acme.sip.twilio.com",
              "TWILIO_PHONE_NUMBER",
              "+15005550001"));

  @BeforeAll
  static void reach() {
    STACK.providers().twilio().reaches(Providers.PUBLIC_HOST, STACK.url());
  }

  @BeforeEach
  void forget() {
    BRAIN.forget();
    STACK
        .providers()
        .twilio()
        .limitsRequests(0)
        .answeredBy("human", ofSeconds(1))
        .calledParties(CallStatus.IN_PROGRESS, ofMillis(200), ofSeconds(1));
  }

  @AfterAll
  static void close() {
    STACK.close();
    BRAIN.close();
  }

  private HttpResponse<String> admin(String method, String path, String body) {
    return Http.send(
        HttpRequest.newBuilder(STACK.url().resolve(path))
            .header("authorization", "Bearer " + ADMIN)
            .method(method, HttpRequest.BodyPublishers.ofString(body)));
  }

  private JsonNode json(HttpResponse<String> answer, int status) throws Exception {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    return new ObjectMapper().readTree(answer.body());
  }

  private static void awaitGreeted(Caller caller) {
    caller.awaitAgentSpeaking(DEADLINE).awaitAgentQuiet(DEADLINE);
  }

  private static long sent(Caller caller) {
    return caller.recording().events(CallEvent.AudioReceived.class).stream()
        .mapToLong(CallEvent.AudioReceived::length)
        .sum();
  }

  private static long heard(Caller caller) {
    return caller.recording().played().stream()
        .mapToLong((CallRecording.Range r) -> r.to() - r.from())
        .sum();
  }

  @Test
  void theCallEndsOnceTheGoodbyeWasHeardByClosingTheStream_C13_L3() {
    BRAIN.answers("Goodbye then, and thank you for calling us today.", hangUp());
    try (Caller caller = STACK.dial()) {
      awaitGreeted(caller);
      CallOutcome outcome = caller.says(SAY.get("bye")).awaitEnd(DEADLINE);
      assertThat(outcome.reason()).isEqualTo("<Hangup>");
      assertThat(outcome.errors()).isEmpty();
      assertThat(heard(caller)).isEqualTo(sent(caller));
      Await.until("what was heard and done", DEADLINE, () -> !BRAIN.results().isEmpty());
      assertThat(BRAIN.played().getLast().getComplete()).isTrue();
      assertThat(BRAIN.results().getLast().getOutcome())
          .isEqualTo(ActionOutcome.ACTION_OUTCOME_DONE);
    }
  }

  @Test
  void theGoodbyeIsHeardThoughAMarkOfItGetsLost_L4() {
    BRAIN.answers("Goodbye then, and thank you for calling us today.", hangUp());
    try (Caller caller = STACK.dial()) {
      awaitGreeted(caller);
      String[] last = {""};
      caller
          .faults()
          .dropsMarks(name -> {
            boolean first = last[0].isEmpty();
            last[0] = name;
            return first;
          });
      caller.says(SAY.get("bye")).awaitEnd(DEADLINE);
      assertThat(heard(caller)).isEqualTo(sent(caller));
    }
  }

  @Test
  void theGoodbyeIsHeardThoughNoMarkComesBack_L4() {
    BRAIN.answers("Goodbye then, and thank you for calling us today.", hangUp());
    try (Caller caller = STACK.dial()) {
      awaitGreeted(caller);
      caller.faults().dropsMarks(_ -> true);
      caller.says(SAY.get("bye")).awaitEnd(DEADLINE);
      assertThat(heard(caller)).isEqualTo(sent(caller));
    }
  }

  @Test
  void aTransferDialsTheNumberOnceItsSentenceWasHeard() {
    BRAIN.answers("I will put you through to the front desk.", transfer("+15005550009"));
    try (Caller caller = STACK.dial()) {
      awaitGreeted(caller);
      CallOutcome outcome = caller.says(SAY.get("booking")).awaitEnd(DEADLINE);
      assertThat(outcome.transfers()).containsExactly("+15005550009");
      assertThat(outcome.said()).isEmpty();
      assertThat(outcome.reason()).isEqualTo("<Hangup>");
      assertThat(heard(caller)).isEqualTo(sent(caller));
      assertThat(STACK.gateway().calls()).isZero();
    }
  }

  @Test
  void whenNobodyAnswersATransferTheStandInIsDialledThenASentenceEndsTheCall() {
    STACK.providers().twilio().calledParties(CallStatus.NO_ANSWER, ofMillis(200), ofMillis(200));
    BRAIN.answers("I will put you through.", transfer("sip:desk@acme.sip.twilio.com"));
    try (Caller caller = STACK.dial()) {
      awaitGreeted(caller);
      CallOutcome outcome = caller.says(SAY.get("booking")).awaitEnd(DEADLINE);
      assertThat(outcome.transfers())
          .containsExactly("sip:desk@acme.sip.twilio.com", "sip:voicemail@acme.sip.twilio.com");
      assertThat(outcome.said())
          .hasSize(1)
          .first()
          .asString()
          .contains("nobody can take your call");
      assertThat(outcome.status()).isEqualTo(CallStatus.COMPLETED);
    }
  }

  @Test
  void aCallThatTwilioMovedOnIsNotHungUp_C12() throws Exception {
    try (Caller caller = STACK.dial()) {
      awaitGreeted(caller);
      HttpResponse<String> moved =
          Http.send(
              HttpRequest.newBuilder(
                      STACK
                          .providers()
                          .twilio()
                          .url()
                          .resolve(
                              "/2010-04-01/Accounts/AC00000000000000000000000000000001/Calls/"
                                  + caller.callSid()
                                  + ".json"))
                  .header(
                      "authorization",
                      "Basic "
                          + java.util.Base64.getEncoder()
                              .encodeToString(
                                  "AC00000000000000000000000000000001:simulated-twilio-token"
                                      .getBytes(java.nio.charset.StandardCharsets.UTF_8)))
                  .POST(
                      HttpRequest.BodyPublishers.ofString(
                          "Twiml=%3CResponse%3E%3CSay%3EElsewhere+now,+for+a+while.%3C/Say%3E"
                              + "%3C/Response%3E")));
      json(moved, 200);
      Await.until("the gateway to let go", DEADLINE, () -> STACK.gateway().calls() == 0);
      CallOutcome outcome = caller.awaitEnd(DEADLINE);
      assertThat(outcome.said()).containsExactly("Elsewhere now, for a while.");
      assertThat(outcome.reason()).isEqualTo("the TwiML came to its end");
    }
  }

  @Test
  void digitsAreCollectedAndTonesAreSent() {
    BRAIN.answers(
        "Please key in your number, then the hash key.",
        Action.newBuilder()
            .setCollectDtmf(
                CollectDtmf.newBuilder().setMaxDigits(8).setTimeoutMs(5000).setTerminator("#")));
    BRAIN.answers(
        "Here are some tones.",
        Action.newBuilder().setSendDtmf(SendDtmf.newBuilder().setDigits("12")));
    try (Caller caller = STACK.dial()) {
      awaitGreeted(caller);
      caller.presses('7');
      Await.until("a key nobody collects", DEADLINE, () -> BRAIN.digits().contains("7"));
      caller.says(SAY.get("booking")).awaitAgentSpeaking(DEADLINE);
      "421#".chars().forEach(c -> caller.presses((char) c));
      Await.until("the digits", DEADLINE, () -> !BRAIN.results().isEmpty());
      assertThat(BRAIN.results().getFirst().getDigits()).isEqualTo("421");
      caller.awaitAgentQuiet(DEADLINE);
      caller.says(SAY.get("pricing")).awaitAgentSpeaking(DEADLINE);
      Await.until("the tones", DEADLINE, () -> BRAIN.results().size() == 2);
      assertThat(BRAIN.results().getLast().getOutcome())
          .isEqualTo(ActionOutcome.ACTION_OUTCOME_DONE);
    }
  }

  @Test
  void aCallIsPlacedWithItsAgentAndVariablesAndShownRecordedAndEnded() throws Exception {
    HttpResponse<String> placed =
        admin(
            "POST",
            "/calls",
            """
            {"to": "+15005550042", "agent": "default", "machineDetection": "hang-up",
             "variables": {"customer": "Ann & Bob <3", "balance": 12}}\
            """);
    String callSid = json(placed, 201).path("callSid").asText();
    try (Caller called = STACK.providers().twilio().awaitOutboundCall(DEADLINE)) {
      assertThat(called.callSid()).isEqualTo(callSid);
      awaitGreeted(called);
      assertThat(BRAIN.opened().getFirst().getVariablesMap())
          .containsEntry("customer", "Ann & Bob <3")
          .containsEntry("balance", "12");
      called.says(SAY.get("hours")).awaitAgentSpeaking(DEADLINE);

      JsonNode shown = json(admin("GET", "/calls/" + callSid, ""), 200);
      assertThat(shown.path("callSid").asText()).isEqualTo(callSid);
      assertThat(shown.path("agent").asText()).isEqualTo("default");
      assertThat(shown.path("state").asText()).isEqualTo("agent-speaking");
      assertThat(shown.path("seconds").asDouble()).isPositive();
      assertThat(shown.path("turns").asInt()).isEqualTo(1);
      JsonNode all = json(admin("GET", "/calls", ""), 200);
      assertThat(all.path("calls")).hasSize(1);
      assertThat(all.toString()).doesNotContain("5005550", "Ann", "friday");

      String recording =
          json(admin("POST", "/calls/" + callSid + "/recording", ""), 201)
              .path("recordingSid")
              .asText();
      assertThat(STACK.providers().twilio().recordings(callSid))
          .extracting(RestRecording::sid)
          .containsExactly(recording);
      assertThat(admin("DELETE", "/calls/" + callSid + "/recording", "").statusCode())
          .isEqualTo(204);
      assertThat(STACK.providers().twilio().recordings(callSid))
          .extracting(RestRecording::status)
          .containsExactly("stopped");

      assertThat(admin("DELETE", "/calls/" + callSid, "").statusCode()).isEqualTo(204);
      assertThat(called.awaitEnd(DEADLINE).status()).isEqualTo(CallStatus.COMPLETED);
      Await.until("the gateway to let go", DEADLINE, () -> STACK.gateway().calls() == 0);
      assertThat(admin("GET", "/calls/" + callSid, "").statusCode()).isEqualTo(404);
      assertThat(admin("DELETE", "/calls/" + callSid, "").statusCode()).isEqualTo(204); // 21220
    }
  }

  @Test
  void aMachineThatAnswersIsHungUpOn() throws Exception {
    STACK.providers().twilio().answeredBy("machine_start", ofMillis(600));
    json(
        admin("POST", "/calls", "{\"to\": \"+15005550042\", \"machineDetection\": \"hang-up\"}"),
        201);
    try (Caller called = STACK.providers().twilio().awaitOutboundCall(DEADLINE)) {
      CallOutcome outcome = called.awaitEnd(DEADLINE);
      assertThat(outcome.status()).isEqualTo(CallStatus.COMPLETED);
      assertThat(outcome.duration()).isLessThan(ofSeconds(10));
      Await.until("the gateway to let go", DEADLINE, () -> STACK.gateway().calls() == 0);
    }
  }

  @Test
  void aCalledPartyThatIsBusyLeavesNothingBehind() throws Exception {
    STACK.providers().twilio().calledParties(CallStatus.BUSY, ofMillis(50), Duration.ZERO);
    json(admin("POST", "/calls", "{\"to\": \"+15005550042\"}"), 201);
    try (Caller called = STACK.providers().twilio().awaitOutboundCall(DEADLINE)) {
      assertThat(called.awaitEnd(DEADLINE).status()).isEqualTo(CallStatus.BUSY);
      Await.until(
          "the state to be counted",
          DEADLINE,
          () ->
              Http.get(STACK.url(), "/metrics")
                  .body()
                  .contains("voiceagent_call_status_total{scope=\"application\",status=\"busy\""));
      assertThat(BRAIN.opened()).isEmpty();
    }
  }

  @Test
  void aCallThatCannotBePlacedIsToldWhy() throws Exception {
    assertThat(json(admin("POST", "/calls", "{}"), 400).path("error").asText()).contains("to is");
    assertThat(json(admin("POST", "/calls", "no"), 400).path("error").asText())
        .contains("no JSON object");
    assertThat(
            json(admin("POST", "/calls", "{\"to\":\"+1500\",\"machineDetection\":\"x\"}"), 400)
                .path("error")
                .asText())
        .contains("machineDetection is x");
    String tooLong = "{\"to\":\"+15005550042\",\"variables\":{\"a\":\"" + "x".repeat(500) + "\"}}";
    assertThat(json(admin("POST", "/calls", tooLong), 400).path("error").asText())
        .contains("variable a is too long");
    STACK.providers().twilio().limitsRequests(10); // the SDK asks again three times
    assertThat(
            json(admin("POST", "/calls", "{\"to\":\"+15005550042\"}"), 502).path("error").asText())
        .contains("20429");
  }

  @Test
  void aSipDomainCallIsAnsweredLikeAnyOther() {
    try (Caller caller =
        STACK
            .providers()
            .twilio()
            .dial(
                STACK
                    .request()
                    .from("sip:ann@acme.sip.twilio.com")
                    .to("sip:100@acme.sip.twilio.com;transport=tls")
                    .parameter("SipHeader_X-Tenant", "blue"))) {
      awaitGreeted(caller);
      caller.says(SAY.get("pricing")).awaitAgentSpeaking(DEADLINE).awaitAgentQuiet(DEADLINE);
      assertThat(caller.hangUp().errors()).isEmpty();
      assertThat(BRAIN.opened().getFirst().getContext().getCall()).isEqualTo(caller.callSid());
    }
  }

  private static Action.Builder hangUp() {
    return Action.newBuilder().setHangUp(HangUp.newBuilder().setReason("done"));
  }

  private static Action.Builder transfer(String destination) {
    return Action.newBuilder().setTransfer(Transfer.newBuilder().setDestination(destination));
  }
}
