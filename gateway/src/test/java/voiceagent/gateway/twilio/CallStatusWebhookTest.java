package voiceagent.gateway.twilio;

import static java.net.http.HttpResponse.BodyHandlers.ofString;
import static org.assertj.core.api.Assertions.assertThat;

import io.helidon.metrics.api.Counter;
import io.helidon.metrics.api.Metrics;
import io.helidon.webserver.WebServer;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import voiceagent.gateway.GatewayMain;
import voiceagent.gateway.call.Admission;
import voiceagent.gateway.call.AfterStream;
import voiceagent.gateway.call.CallInfo;
import voiceagent.gateway.call.CallLine;
import voiceagent.gateway.playout.Carrier;
import voiceagent.kit.config.Settings;
import voiceagent.kit.time.ManualTimers;

class CallStatusWebhookTest {
  private static final String CALL = "CA33333333333333333333333333333333";

  private final List<String> ended = new CopyOnWriteArrayList<>();
  private final HttpClient client = HttpClient.newHttpClient();
  private final TwilioEndpoints twilio =
      new TwilioEndpoints(
          TwilioConfig.from(
              Settings.of(
                  GatewayMain.class,
                  Map.of(
                      "PUBLIC_HOST", "voice.example.com", "TWILIO_VALIDATE_SIGNATURES", "false"))),
          new EndedCalls(),
          new ManualTimers());
  private final WebServer server =
      WebServer.builder()
          .address(InetAddress.ofLiteral("127.0.0.1"))
          .port(0)
          .shutdownHook(false)
          .routing(twilio::webhooks)
          .build()
          .start();

  private final class EndedCalls implements CallsWithoutOperators {
    @Override
    public Admission reserve(CallInfo call) {
      return new Admission.Admitted();
    }

    @Override
    public Optional<CallLine> claim(CallInfo call, Carrier stream) {
      return Optional.empty();
    }

    @Override
    public AfterStream after(CallInfo call) {
      return new AfterStream.HangUp();
    }

    @Override
    public boolean end(String callSid, String reason) {
      ended.add(reason);
      return true;
    }
  }

  @AfterEach
  void close() {
    twilio.close();
    server.stop();
    client.shutdownNow();
  }

  private void told(Map<String, String> form) throws Exception {
    String body =
        form.entrySet().stream()
            .map(e -> e.getKey() + "=" + e.getValue())
            .collect(Collectors.joining("&", "CallSid=" + CALL + "&", ""));
    assertThat(
            client
                .send(
                    HttpRequest.newBuilder(
                            URI.create("http://127.0.0.1:" + server.port() + "/call-status"))
                        .header("content-type", "application/x-www-form-urlencoded")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                    ofString())
                .statusCode())
        .isEqualTo(204);
  }

  private static double counted(String status) {
    return Metrics.globalRegistry()
        .meters(m ->
            m.id().name().equals("voiceagent_call_status_total")
                && status.equals(m.id().tagsMap().get("status")))
        .stream()
        .mapToDouble(m -> ((Counter) m).count())
        .sum();
  }

  @Test
  void callbacksMayComeTwiceAndInAnyOrder_C16() throws Exception {
    double completed = counted("completed");
    double answered = counted("in-progress");
    for (int i = 0; i < 2; i++) {
      told(Map.of("CallStatus", "completed", "SequenceNumber", "3"));
      told(Map.of("CallStatus", "in-progress", "SequenceNumber", "2"));
      told(Map.of("CallStatus", "initiated", "SequenceNumber", "0"));
    }
    assertThat(counted("completed") - completed).isEqualTo(1);
    assertThat(counted("in-progress") - answered).isEqualTo(1);
    assertThat(ended).containsExactly("completed");
  }

  @Test
  void aMachineEndsTheCallAndAHumanDoesNot() throws Exception {
    told(Map.of("AnsweredBy", "human"));
    told(Map.of("AnsweredBy", "unknown"));
    assertThat(ended).isEmpty();
    told(Map.of("AnsweredBy", "machine_start"));
    told(Map.of("AnsweredBy", "fax"));
    assertThat(ended).containsExactly("machine", "machine");
  }

  @Test
  void whatIsNoStateOfACallChangesNothing() throws Exception {
    told(Map.of("CallStatus", "exploded"));
    told(Map.of("RecordingStatus", "completed", "RecordingSid", "RE1", "CallStatus", "completed"));
    assertThat(ended).isEmpty();
  }
}
