package voiceagent.sim.twilio;

import static java.net.http.HttpResponse.BodyHandlers.ofString;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import voiceagent.sim.event.SimulatorEvents;
import voiceagent.sim.server.Answer;

/// Machine detection and recordings through REST.
class TwilioOutboundTest {
  private static final Duration DEADLINE = StandInGateway.DEADLINE;
  private static final String ACCOUNT = "/2010-04-01/Accounts/" + TwilioSimulator.ACCOUNT_SID;
  private static final String WEB = "https%3A%2F%2Fvoice.example.com%2F";
  private static final String CALL =
      "To=%2B15005550001&From=%2B15005550006&Url=" + WEB + "incoming-call";

  private final TwilioSimulator twilio = TwilioSimulator.start(0, new SimulatorEvents());
  private final StandInGateway gateway = new StandInGateway();
  private final HttpClient client = HttpClient.newHttpClient();

  TwilioOutboundTest() {
    twilio.reaches(StandInGateway.HOST, gateway.url());
    gateway.answers("/call-status", new Answer.Whole(204, Map.of(), ""));
  }

  @AfterEach
  void close() {
    client.close();
    twilio.close();
    gateway.close();
  }

  private JsonNode rest(String method, String path, String body, int status) throws Exception {
    String login = TwilioSimulator.ACCOUNT_SID + ":" + TwilioSimulator.AUTH_TOKEN;
    var response =
        client.send(
            HttpRequest.newBuilder(URI.create(twilio.url() + ACCOUNT + path))
                .timeout(DEADLINE)
                .header(
                    "authorization",
                    "Basic "
                        + Base64.getEncoder()
                            .encodeToString(login.getBytes(StandardCharsets.UTF_8)))
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build(),
            ofString());
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    return new ObjectMapper().readTree(response.body());
  }

  private StandInGateway.Asked awaitTold(Caller caller, String field, String value) {
    caller.await("a callback with " + field, DEADLINE, () -> !told(field, value).isEmpty());
    return told(field, value).getFirst();
  }

  private List<StandInGateway.Asked> told(String field, String value) {
    return gateway.asked("/call-status").stream()
        .filter(a -> value.equals(a.form().get(field)))
        .toList();
  }

  @Test
  void whoAnsweredIsToldWhileTheCallGoesOn() throws Exception {
    twilio.answeredBy("machine_start", Duration.ofMillis(300));
    rest(
        "POST",
        "/Calls.json",
        CALL
            + "&MachineDetection=Enable&AsyncAmd=true&AsyncAmdStatusCallback="
            + WEB
            + "call-status",
        201);
    try (Caller called = twilio.awaitOutboundCall(DEADLINE)) {
      gateway.socket().awaitStart();
      Map<String, String> form = awaitTold(called, "AnsweredBy", "machine_start").form();
      assertThat(form)
          .containsEntry("CallSid", called.callSid())
          .containsEntry("MachineDetectionDuration", "300");
      assertThat(gateway.asked("/incoming-call").getFirst().form()).doesNotContainKey("AnsweredBy");
    }
  }

  @Test
  void withoutACallbackTheWebhookWaitsForTheVerdict() throws Exception {
    twilio.answeredBy("human", Duration.ofMillis(300));
    rest("POST", "/Calls.json", CALL + "&MachineDetection=DetectMessageEnd", 201);
    try (Caller _ = twilio.awaitOutboundCall(DEADLINE)) {
      gateway.socket().awaitStart();
      assertThat(gateway.asked("/incoming-call").getFirst().form())
          .containsEntry("AnsweredBy", "human");
    }
  }

  @Test
  void detectionThatLacksSomethingIsRefusedAsTwilioDoes() throws Exception {
    JsonNode lacks =
        rest("POST", "/Calls.json", CALL + "&MachineDetection=Enable&AsyncAmd=true", 400);
    assertThat(lacks.path("code").asInt()).isEqualTo(21262);
    rest("POST", "/Calls.json", CALL + "&MachineDetection=Perhaps", 400);
  }

  @Test
  void aCallIsRecordedOnDemand() throws Exception {
    rest("POST", "/Calls.json", CALL, 201);
    try (Caller called = twilio.awaitOutboundCall(DEADLINE)) {
      gateway.socket().awaitStart();
      String path = "/Calls/" + called.callSid() + "/Recordings";
      JsonNode begun =
          rest(
              "POST",
              path + ".json",
              "RecordingChannels=dual&RecordingStatusCallback=" + WEB + "call-status",
              201);
      assertThat(begun.path("sid").asText()).startsWith("RE");
      assertThat(begun.path("status").asText()).isEqualTo("in-progress");
      assertThat(begun.path("channels").asInt()).isEqualTo(2);
      String current = path + "/Twilio.CURRENT.json";
      assertThat(rest("POST", current, "Status=paused", 200).path("status").asText())
          .isEqualTo("paused");
      rest("POST", current, "Status=loud", 400);
      rest("POST", current, "Status=stopped", 200);
      rest("POST", current, "Status=stopped", 404);
      assertThat(awaitTold(called, "RecordingStatus", "completed").form())
          .containsEntry("RecordingSid", begun.path("sid").asText())
          .containsEntry("RecordingChannels", "2");
      assertThat(rest("GET", path + ".json", "", 200).path("recordings")).hasSize(1);

      rest("POST", path + ".json", "", 201);
      called.hangUp();
      assertThat(twilio.recordings(called.callSid()))
          .extracting(RestRecording::status)
          .containsExactly("stopped", "completed");
      rest("POST", path + ".json", "", 400);
    }
  }

  @Test
  void theAccountAndItsCallsAreListed() throws Exception {
    assertThat(rest("GET", ".json", "", 200).path("status").asText()).isEqualTo("active");
    rest("POST", "/Calls.json", CALL, 201);
    try (Caller called = twilio.awaitOutboundCall(DEADLINE)) {
      gateway.socket().awaitStart();
      assertThat(rest("GET", "/Calls.json?Status=in-progress", "", 200).path("calls"))
          .extracting(c -> c.path("sid").asText())
          .containsExactly(called.callSid());
      assertThat(rest("GET", "/Calls.json?Status=busy", "", 200).path("calls")).isEmpty();
    }
  }
}
