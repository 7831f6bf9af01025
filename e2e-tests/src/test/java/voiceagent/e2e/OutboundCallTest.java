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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import voiceagent.sim.speech.Recordings;
import voiceagent.sim.twilio.CallOutcome;
import voiceagent.sim.twilio.CallStatus;
import voiceagent.sim.twilio.Caller;
import voiceagent.sim.twilio.RestRecording;
import voiceagent.v1.Action;
import voiceagent.v1.Transfer;

/// Calls that are placed, shown, recorded and ended by the operators' face, and parties that do not
/// answer.
class OutboundCallTest {
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

  @BeforeEach
  void reach() {
    STACK
        .providers()
        .twilio()
        .reaches(Providers.PUBLIC_HOST, STACK.url())
        .limitsRequests(0)
        .answeredBy("human", ofSeconds(1))
        .calledParties(CallStatus.IN_PROGRESS, ofMillis(200), ofSeconds(1));
  }

  @AfterAll
  static void close() {
    STACK.close();
    BRAIN.close();
  }

  private static HttpResponse<String> admin(String method, String path, String body) {
    return Http.send(
        HttpRequest.newBuilder(STACK.url().resolve(path))
            .header("authorization", "Bearer " + ADMIN)
            .method(method, HttpRequest.BodyPublishers.ofString(body)));
  }

  private static JsonNode json(HttpResponse<String> answer, int status) throws Exception {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    return new ObjectMapper().readTree(answer.body());
  }

  private static void awaitGreeted(Caller caller) {
    caller.awaitAgentSpeaking(DEADLINE).awaitAgentQuiet(DEADLINE);
  }

  @Test
  void whenNobodyAnswersATransferTheStandInIsDialledThenASentenceEndsTheCall() {
    STACK.providers().twilio().calledParties(CallStatus.NO_ANSWER, ofMillis(200), ofMillis(200));
    try (Caller caller = STACK.dial()) {
      BRAIN
          .of(caller.callSid())
          .answers(
              "I will put you through.",
              Action.newBuilder()
                  .setTransfer(
                      Transfer.newBuilder().setDestination("sip:desk@acme.sip.twilio.com")));
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
      assertThat(BRAIN.of(callSid).opened.getFirst().getVariablesMap())
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
      assertThat(BRAIN.of(called.callSid()).opened).isEmpty();
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
}
