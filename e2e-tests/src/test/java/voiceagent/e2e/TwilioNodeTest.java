package voiceagent.e2e;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import voiceagent.sim.server.Answer;
import voiceagent.sim.server.PeerListener;
import voiceagent.sim.server.Request;
import voiceagent.sim.server.SimulatorServer;
import voiceagent.sim.twilio.CallRequest;
import voiceagent.sim.twilio.Caller;
import voiceagent.sim.twilio.TwilioSimulator;

/// Twilio's own helper library for Node, unmodified: it validates what our simulated caller signs,
/// our gateway accepts what it signs, and its REST client works against the simulated REST API.
class TwilioNodeTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final List<ObjectNode> signed = new CopyOnWriteArrayList<>();
  private volatile String publicHost = "";

  @Test
  void twiliosOwnLibraryAgreesWithOurCallerOurGatewayAndOurRestApi() {
    try (Stack stack = Stack.start()) {
      TwilioSimulator twilio = stack.providers().twilio();
      twilio.reaches(Providers.PUBLIC_HOST, stack.url());
      watchWhatIsSigned(twilio);
      String printed =
          NodeScript.run(
              "twilio",
              "script.mjs",
              Map.of(
                  "GATEWAY",
                  stack.url().toString(),
                  "PUBLIC_HOST",
                  Providers.PUBLIC_HOST,
                  "TWILIO_API_URL",
                  twilio.url().toString(),
                  "ACCOUNT_SID",
                  TwilioSimulator.ACCOUNT_SID,
                  "AUTH_TOKEN",
                  TwilioSimulator.AUTH_TOKEN,
                  "SIGNED",
                  JSON.createArrayNode().addAll(signed).toString()));
      assertThat(printed)
          .contains("validatesWhatOurCallerSigns", "gatewayAcceptsWhatItSigns", "restClientWorks");
    }
  }

  /// Calls of all kinds to a customer that only notes how they are signed.
  private void watchWhatIsSigned(TwilioSimulator twilio) {
    try (SimulatorServer customer = new SimulatorServer("PORT", 0, this::note)) {
      URI url = URI.create("http://127.0.0.1:" + customer.port());
      for (String host : List.of("voice.example.com", "voice.example.com:8443")) {
        for (String method : List.of("POST", "GET")) {
          CallRequest request =
              new CallRequest(url)
                  .publicHost(host)
                  .webhook(method, "/incoming-call?agent=front%20desk&v.a=%26")
                  .statusCallback("/call-status")
                  .from("sip:j\u00f6rg@acme.sip.twilio.com")
                  .parameter("SipHeader_X-Odd", " a=b&c ")
                  .parameter("Empty", "")
                  .allowPlainStreams();
          publicHost = host;
          int before = signed.size();
          try (Caller caller = twilio.dial(request)) {
            caller.awaitStream(ofSeconds(20));
          }
          Await.until("its callback", ofSeconds(20), () -> signed.size() >= before + 3);
        }
      }
    }
  }

  private CompletionStage<Answer> note(Request request) {
    boolean socket = request.isUpgrade();
    ObjectNode noted = JSON.createObjectNode();
    noted.put("kind", socket ? "handshake" : "webhook");
    noted.put("url", (socket ? "wss://" : "https://") + publicHost + request.target());
    noted.put("signature", request.header("x-twilio-signature").orElse(""));
    ObjectNode form = noted.putObject("form");
    if (request.method().equals("POST")) {
      for (String field : request.text().split("&", -1)) {
        String[] parts = field.split("=", 2);
        form.put(decoded(parts[0]), decoded(parts[1]));
      }
    }
    signed.add(noted);
    return CompletableFuture.completedFuture(
        socket
            ? new Answer.Upgrade(Map.of(), "", _ -> new Silent())
            : new Answer.Whole(
                200,
                Map.of("content-type", "text/xml"),
                "<Response><Connect><Stream url=\"/ws\"/></Connect></Response>"));
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  private static final class Silent implements PeerListener {
    @Override
    public void text(String message) {}

    @Override
    public void binary(byte[] message) {}

    @Override
    public void closed(int code) {}
  }
}
