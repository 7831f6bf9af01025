package voiceagent.e2e;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import voiceagent.sim.groq.ChatRequest;
import voiceagent.sim.groq.ModelReply;
import voiceagent.sim.speech.Recordings;
import voiceagent.sim.twilio.Caller;

/// Whole calls of agents that files describe: their words, tools, routes and clips, and what is
/// kept of a call.
class AgentFilesTest {
  private static final Duration DEADLINE = ofSeconds(20);
  private static final Recordings SAY = Recordings.load();
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final String ANNA =
      """
      name: Anna
      company: Example Painters
      greeting: Good day {{customer}}, this is {{agent_name}}.
      numbers: ["+15005550006"]
      keyterms: [emulsion]
      persona: You are Anna, who paints houses for {{company_name}}. The caller is {{customer}}.
      variables: {customer: dear caller}
      policies: {idle-prompt-ms: 60000}
      tools:
        hang-up:
        collect-digits: {timeout-ms: 20000}
        transfer: {destinations: {sales: "+15005550009"}, say: I will connect you.}
      routes:
        - name: pricing
          examples:
            - What does it cost?
            - What is the price?
            - How much do you charge?
            - What would it cost to have a room painted?
            - How much is it to paint two rooms?
          answer: That depends on the size of the rooms.
      extraction:
        name: lead
        schema:
          type: object
          properties: {topic: {type: string}, phone: {type: string}}
          required: [topic, phone]
          additionalProperties: false
      """;

  @TempDir Path folder = Path.of("");
  private final List<JsonNode> delivered = new CopyOnWriteArrayList<>();
  private final List<String> rejected = new CopyOnWriteArrayList<>();
  private HttpServer webhook;
  private Stack stack;

  @BeforeEach
  void start() throws IOException {
    Files.createDirectories(folder.resolve("agents"));
    Files.writeString(folder.resolve("agents/anna.yaml"), ANNA);
    webhook = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
    webhook.createContext(
        "/calls",
        exchange -> {
          String body =
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          boolean refuse = rejected.isEmpty(); // the first delivery has to be made again
          if (refuse) {
            rejected.add(exchange.getRequestHeaders().getFirst("x-voice-agent-delivery"));
          } else {
            String signature = exchange.getRequestHeaders().getFirst("x-voice-agent-signature");
            assertThat(signature).isEqualTo(signed(signature, body));
            delivered.add(JSON.readTree(body));
          }
          exchange.sendResponseHeaders(refuse ? 503 : 204, -1);
          exchange.close();
        });
    webhook.start();
    stack = Stack.start(settings());
  }

  private Map<String, String> settings() {
    Map<String, String> settings = new HashMap<>();
    settings.put("AGENTS_DIR", folder.resolve("agents").toString());
    settings.put("CALL_RECORD_DIR", folder.resolve("records").toString());
    settings.put(
        "CALL_WEBHOOK_URL", "http://127.0.0.1:" + webhook.getAddress().getPort() + "/calls");
    settings.put("CALL_WEBHOOK_SECRET", "a secret");
    settings.put("REDACT", "digits,email,card");
    settings.put("OUTLINES_ENABLED", "true");
    settings.put("ROUTER_ENABLED", "true");
    return settings;
  }

  @AfterEach
  void close() {
    stack.close();
    webhook.stop(0);
  }

  private static String signed(String signature, String body) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec("a secret".getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      String time = signature.replaceFirst("^t=(\\d+),.*", "$1");
      byte[] hash = mac.doFinal((time + "." + body).getBytes(StandardCharsets.UTF_8));
      return "t=" + time + ",v1=" + HexFormat.of().formatHex(hash);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static ModelReply answer(ChatRequest request) {
    if (request.json().has("response_format")) {
      return new ModelReply.Text("{\"topic\":\"paint\",\"phone\":\"4157729086\"}");
    }
    return request.lastUser().contains("goodbye")
        ? new ModelReply.ToolCall("hang_up", "{}")
        : new ModelReply.Text("Let me note your number.");
  }

  private Caller dial() {
    return stack.providers().twilio().dial(stack.request().to("+15005550006"));
  }

  private JsonNode record(String callSid) {
    Path file = folder.resolve("records").resolve(callSid + ".json");
    Await.until(
        "the call record",
        DEADLINE,
        () -> Files.exists(file) && !read(file).path("outcome").asText().equals("unfinished"));
    return read(file);
  }

  private static JsonNode read(Path file) {
    try {
      return JSON.readTree(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static List<String> texts(JsonNode record, String speaker) {
    return record
        .path("turns")
        .valueStream()
        .filter(t -> t.path("speaker").asText().equals(speaker))
        .map(t -> t.path("text").asText())
        .toList();
  }

  @Test
  void theAgentOfTheNumberAnswersAndTheCallIsKept() throws IOException {
    Path records = folder.resolve("records");
    var groq = stack.providers().groq();
    groq.script(AgentFilesTest::answer);
    String sid;
    try (Caller caller = dial()) {
      sid = caller.callSid();
      caller.awaitAgentSpeaking(DEADLINE).awaitAgentQuiet(DEADLINE);
      caller.says(SAY.get("phone")).awaitAgentSpeaking(DEADLINE).awaitAgentQuiet(DEADLINE);
      assertThat(groq.lastPrompt())
          .startsWith(
              "system: You are Anna, who paints houses for Example Painters. The caller is dear"
                  + " caller.")
          .contains("assistant: Good day dear caller, this is Anna.");
      caller.says(SAY.get("bye"));
      caller.awaitEnd(ofSeconds(15)); // the agent hangs up, its goodbye was heard
    }
    JsonNode record = record(sid);
    assertThat(record.path("agent").asText()).isEqualTo("anna");
    assertThat(record.path("outcome").asText()).isEqualTo("hang-up");
    assertThat(texts(record, "caller").getFirst()).isEqualTo("[digits]");
    assertThat(texts(record, "agent"))
        .startsWith("Good day dear caller, this is Anna.", "Let me note your number.")
        .endsWith("Goodbye!");
    assertThat(record.path("extraction").path("lead").path("topic").asText()).isEqualTo("paint");
    assertThat(record.path("extraction").path("lead").path("phone").asText()).isEqualTo("[digits]");
    JsonNode costs = record.path("costs");
    assertThat(costs.path("prompt_tokens").asLong()).isPositive();
    assertThat(costs.path("tts_characters").asLong()).isPositive();
    assertThat(costs.path("stt_seconds").asDouble()).isGreaterThan(5);
    assertThat(record.path("turns").path(2).path("gap_ms").isNumber()).isTrue();
    assertThat(record.path("actions").path(0).path("outcome").asText()).isEqualTo("done");
    try (var files = Files.list(records)) {
      assertThat(files.filter(Files::isRegularFile).map(f -> f.getFileName().toString()))
          .containsExactly(sid + ".json");
    }
    Await.until("both events", DEADLINE, () -> delivered.size() >= 2);
    assertThat(delivered)
        .extracting(d -> d.path("event").asText())
        .containsExactlyInAnyOrder("call.extraction", "call.ended");
    assertThat(delivered.toString()).contains(sid).doesNotContain("4157729086");
    assertThat(rejected).hasSize(1);
  }

  @Test
  void aRouteAnswersWithoutTheModelAndAsAClipWhereThereIsOne() throws IOException {
    byte[] clip = new byte[16_000];
    for (int i = 0; i < clip.length; i++) {
      clip[i] = (byte) (i * 7 % 120);
    }
    try (Caller caller = dial()) {
      caller.awaitAgentSpeaking(DEADLINE).awaitAgentQuiet(DEADLINE);
      int before = stack.providers().groq().requests().size();
      caller.says(SAY.get("pricing")).awaitAgentSpeaking(DEADLINE).awaitAgentQuiet(DEADLINE);
      assertThat(stack.providers().groq().requests()).hasSize(before);
      assertThat(stack.providers().cartesia().spoken().getLast().text())
          .contains("That depends on the size of the rooms.");

      Path file =
          folder
              .resolve("agents/clips/anna")
              .resolve(ClipNames.of("That depends on the size of the rooms."));
      Files.createDirectories(file.getParent());
      Files.write(file, clip);
      int spoken = stack.providers().cartesia().spoken().size();
      caller.says(SAY.get("pricing")).awaitAgentSpeaking(DEADLINE).awaitAgentQuiet(DEADLINE);
      assertThat(stack.providers().cartesia().spoken()).hasSize(spoken);
      assertThat(HeardClips.holds(caller, clip)).isTrue();

      stack.providers().groq().replies("Yes.");
      caller.says(SAY.get("hours")).awaitAgentSpeaking(DEADLINE).awaitAgentQuiet(DEADLINE);
      assertThat(stack.providers().groq().lastPrompt())
          .contains("assistant: That depends on the size of the rooms.");
    }
  }

  @Test
  void keysAreATurnAndDigitsThatAToolWaitsForAreAnsweredAtOnce() {
    var groq = stack.providers().groq();
    try (Caller caller = dial()) {
      caller.awaitAgentSpeaking(DEADLINE).awaitAgentQuiet(DEADLINE);
      groq.replies("You pressed five.");
      caller.presses('5').presses('#');
      awaitPrompt("user: (The caller pressed 5 #.)");
      caller.await("the answer to end", DEADLINE, () -> caller.agentSpeaks());
      caller.awaitAgentQuiet(DEADLINE);

      groq.callsTool("collect_digits", "{\"max_digits\":3}");
      caller.says(SAY.get("hours")).awaitAgentSpeaking(DEADLINE).awaitAgentQuiet(DEADLINE);
      groq.replies("Thank you.");
      caller.presses('1').presses('2').presses('3');
      awaitPrompt(
          "assistant: Please enter it on your keypad.\n"
              + "assistant: \ntool: the caller entered: 1 2 3");
    }
  }

  private void awaitPrompt(String end) {
    var groq = stack.providers().groq();
    try {
      Await.until("the prompt", DEADLINE, () -> groq.lastPrompt().endsWith(end));
    } catch (AssertionError e) {
      throw new AssertionError("expected at its end: " + end + ", was: " + groq.lastPrompt(), e);
    }
  }

  @Test
  void aTransferIsSaidThenDialled() {
    stack.providers().groq().callsTool("transfer", "{\"destination\":\"sales\"}");
    try (Caller caller = dial()) {
      caller.awaitAgentSpeaking(DEADLINE).awaitAgentQuiet(DEADLINE);
      caller.says(SAY.get("hours")).awaitAgentSpeaking(DEADLINE);
      caller.awaitEnd(DEADLINE);
      assertThat(record(caller.callSid()).path("outcome").asText()).isEqualTo("transfer");
      assertThat(texts(record(caller.callSid()), "agent").getLast())
          .isEqualTo("I will connect you.");
    }
  }

  @Test
  void aChangedFileCountsForTheNextCall() throws IOException {
    Files.writeString(
        folder.resolve("agents/anna.yaml"), ANNA.replace("name: Anna", "name: Annabel"));
    Await.until(
        "the changed file",
        DEADLINE,
        () -> {
          try (Caller caller = dial()) {
            caller.awaitAgentSpeaking(DEADLINE).awaitAgentQuiet(DEADLINE);
            return stack
                .providers()
                .cartesia()
                .spoken()
                .getLast()
                .text()
                .contains("this is Annabel.");
          }
        });
  }
}
