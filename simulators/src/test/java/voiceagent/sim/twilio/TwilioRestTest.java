package voiceagent.sim.twilio;

import static java.net.http.HttpResponse.BodyHandlers.ofString;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import voiceagent.sim.event.SimulatorEvents;

class TwilioRestTest {
  private static final Duration DEADLINE = StandInGateway.DEADLINE;
  private static final String CALLS =
      "/2010-04-01/Accounts/" + TwilioSimulator.ACCOUNT_SID + "/Calls";

  private final TwilioSimulator twilio = TwilioSimulator.start(0, new SimulatorEvents());
  private final StandInGateway gateway = new StandInGateway();
  private final HttpClient client = HttpClient.newHttpClient();

  @AfterEach
  void close() {
    client.close();
    twilio.close();
    gateway.close();
  }

  private HttpResponse<String> post(String path, String body) throws Exception {
    return send(path, TwilioSimulator.AUTH_TOKEN, HttpRequest.BodyPublishers.ofString(body));
  }

  private HttpResponse<String> send(String path, String token, HttpRequest.BodyPublisher body)
      throws Exception {
    String login = TwilioSimulator.ACCOUNT_SID + ":" + token;
    return client.send(
        HttpRequest.newBuilder(URI.create(twilio.url() + path))
            .timeout(DEADLINE)
            .header("content-type", "application/x-www-form-urlencoded")
            .header(
                "authorization",
                "Basic "
                    + Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8)))
            .method(body.contentLength() == 0 ? "GET" : "POST", body)
            .build(),
        ofString());
  }

  private static JsonNode json(HttpResponse<String> response) throws Exception {
    return new ObjectMapper().readTree(response.body());
  }

  private static void assertError(HttpResponse<String> response, int status, int code)
      throws Exception {
    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(json(response).path("code").asInt()).isEqualTo(code);
    assertThat(json(response).path("status").asInt()).isEqualTo(status);
    assertThat(json(response).path("more_info").asText()).endsWith("/" + code);
  }

  @Test
  void completedEndsTheCallWithStopAndClose() throws Exception {
    try (Caller caller = twilio.dial(gateway.request())) {
      StandInGateway.Socket socket = gateway.socket();
      socket.awaitStart();
      String path = CALLS + "/" + caller.callSid() + ".json";
      assertThat(
              json(send(path, TwilioSimulator.AUTH_TOKEN, HttpRequest.BodyPublishers.noBody()))
                  .path("status")
                  .asText())
          .isEqualTo("in-progress");
      HttpResponse<String> done = post(path, "Status=completed");
      assertThat(done.statusCode()).isEqualTo(200);
      assertThat(json(done).path("status").asText()).isEqualTo("completed");
      socket.next("stop");
      assertThat(socket.closeCode()).isEqualTo(1000);
      assertThat(caller.awaitEnd(DEADLINE).reason()).isEqualTo("REST: Status=completed");
      assertError(post(path, "Status=completed"), 400, 21220);
    }
  }

  @Test
  void otherTwimlStopsTheStreamAndTheCallGoesOn_S22() throws Exception {
    twilio.calledParties(CallStatus.IN_PROGRESS, Duration.ZERO, Duration.ofMillis(50));
    try (Caller caller = twilio.dial(gateway.request())) {
      StandInGateway.Socket socket = gateway.socket();
      socket.awaitStart();
      String twiml = "<Response><Dial>+15005550010</Dial></Response>";
      HttpResponse<String> moved =
          post(
              CALLS + "/" + caller.callSid() + ".json",
              "Twiml=" + URLEncoder.encode(twiml, StandardCharsets.UTF_8));
      assertThat(json(moved).path("status").asText()).isEqualTo("in-progress");
      socket.next("stop");
      CallOutcome outcome = caller.awaitEnd(DEADLINE);
      assertThat(outcome.transfers()).containsExactly("+15005550010");
      assertThat(outcome.status()).isEqualTo(CallStatus.COMPLETED);
    }
  }

  @Test
  void aUrlMovesTheCallOnToo_S22() throws Exception {
    gateway.answers("/elsewhere", "<Response><Say>Here.</Say></Response>");
    try (Caller caller = twilio.dial(gateway.request())) {
      gateway.socket().awaitStart();
      String url = "https%3A%2F%2Fvoice.example.com%2Felsewhere";
      assertThat(post(CALLS + "/" + caller.callSid() + ".json", "Url=" + url).statusCode())
          .isEqualTo(200);
      assertThat(caller.awaitEnd(DEADLINE).said()).containsExactly("Here.");
    }
  }

  @Test
  void aWrongTokenOrAnUnknownCallIsRefusedAsTwilioDoes() throws Exception {
    String unknown = CALLS + "/CA" + "0".repeat(32) + ".json";
    assertError(
        send(unknown, "wrong", HttpRequest.BodyPublishers.ofString("Status=completed")),
        401,
        20003);
    assertError(post(unknown, "Status=completed"), 404, 20404);
    assertError(post("/2010-04-01/Accounts/AC1/Calls.json", "To=x"), 404, 20404);
  }

  @Test
  void limitsAndLostRacesCanBeInjected_S25() throws Exception {
    try (Caller caller = twilio.dial(gateway.request())) {
      gateway.socket().awaitStart();
      String path = CALLS + "/" + caller.callSid() + ".json";
      twilio.limitsRequests(1);
      assertError(post(path, "Status=completed"), 429, 20429);
      twilio.refusesUpdates(1);
      assertError(post(path, "Status=completed"), 400, 21220);
      assertError(post(path, "Status=paused"), 400, 20001);
      assertError(post(path, "Colour=red"), 400, 21218);
      assertThat(post(path, "Status=completed").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void aCallIsMadeAndItsCalledPartyTalksToTheAgent() throws Exception {
    twilio.reaches(StandInGateway.HOST, gateway.url());
    gateway.answers(
        "/call-status", new voiceagent.sim.server.Answer.Whole(204, java.util.Map.of(), ""));
    HttpResponse<String> made =
        post(
            CALLS + ".json",
            "To=%2B15005550001&From=%2B15005550006"
                + "&Url=https%3A%2F%2Fvoice.example.com%2Fincoming-call"
                + "&StatusCallback=https%3A%2F%2Fvoice.example.com%2Fcall-status"
                + "&StatusCallbackEvent=initiated&StatusCallbackEvent=answered");
    assertThat(made.statusCode()).isEqualTo(201);
    assertThat(json(made).path("status").asText()).isEqualTo("queued");
    try (Caller called = twilio.awaitOutboundCall(DEADLINE)) {
      assertThat(json(made).path("sid").asText()).isEqualTo(called.callSid());
      StandInGateway.Socket socket = gateway.socket();
      socket.awaitStart();
      assertThat(gateway.asked("/incoming-call").getFirst().form())
          .containsEntry("Direction", "outbound-api")
          .containsEntry("CallStatus", "in-progress");
      called.hangUp();
      assertThat(gateway.asked("/call-status"))
          .extracting(a -> a.form().get("CallStatus"))
          .contains("in-progress");
    }
  }

  @Test
  void aCallThatLacksSomethingIsNotMade() throws Exception {
    assertError(post(CALLS + ".json", "From=%2B1&Twiml=%3CResponse%2F%3E"), 400, 21201);
    assertError(post(CALLS + ".json", "To=%2B1&Twiml=%3CResponse%2F%3E"), 400, 21213);
    assertError(post(CALLS + ".json", "To=%2B1&From=%2B2"), 400, 21205);
  }

  @Test
  void aCalledPartyThatIsBusyEndsTheCall() throws Exception {
    twilio.calledParties(CallStatus.BUSY, Duration.ofMillis(10), Duration.ZERO);
    assertThat(post(CALLS + ".json", "To=%2B1&From=%2B2&Twiml=%3CResponse%2F%3E").statusCode())
        .isEqualTo(201);
    try (Caller called = twilio.awaitOutboundCall(DEADLINE)) {
      assertThat(called.awaitEnd(DEADLINE).status()).isEqualTo(CallStatus.BUSY);
    }
  }
}
