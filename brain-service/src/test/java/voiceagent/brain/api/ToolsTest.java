package voiceagent.brain.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import voiceagent.kit.service.Stage;
import voiceagent.sim.groq.ChatRequest;
import voiceagent.sim.groq.ModelReply;
import voiceagent.v1.Action;
import voiceagent.v1.ActionOutcome;
import voiceagent.v1.Clause;
import voiceagent.v1.ConverseResponse;

/// Tools that the model uses, against the provider's simulator, whose rules hold every prompt to a
/// valid order of calls and results.
class ToolsTest extends RunningBrain {
  private static final String ALL =
      """
      {"tools":{"hang-up":null,"send-digits":null,"collect-digits":{"say":"Your number, please."},
       "transfer":{"destinations":{"sales":"+15005550009"},"say":"I connect you."}%s}}
      """;

  private final Queue<String> asked = new ConcurrentLinkedQueue<>();
  private HttpServer server;
  private volatile String answer = "Sunday: closed";
  private volatile CountDownLatch held = new CountDownLatch(0);

  @BeforeEach
  void serve() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
    server.setExecutor(java.util.concurrent.Executors.newVirtualThreadPerTaskExecutor());
    server.createContext(
        "/",
        exchange -> {
          asked.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
          try {
            var _ = held.await(20, TimeUnit.SECONDS);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          byte[] body = answer.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void unserve() {
    held.countDown();
    server.stop(0);
  }

  private BrainCaller callWithTools() throws InterruptedException {
    String http =
        """
        ,"http":[{"name":"opening_hours","description":"Hours of a day","say":"Let me look.",
         "timeout-ms":1500,"url":"http://127.0.0.1:%d/","parameters":{"type":"object",
         "properties":{"day":{"type":"string"}},"required":["day"]}}]
        """
            .formatted(server.getAddress().getPort());
    return new BrainCaller(channel).open(ALL.replace("%s", http));
  }

  private static Action action(BrainCaller call) throws InterruptedException {
    return call.await(ConverseResponse::hasAction).getAction();
  }

  @Test
  void aCallOfAToolWithoutWordsSaysItsSentenceAndActs() throws InterruptedException {
    groq.callsTool("transfer", "{\"destination\":\"sales\"}");
    try (BrainCaller call = callWithTools()) {
      call.asks(1, 1, "I want to buy something.");
      Clause clause = call.await(ConverseResponse::hasClause).getClause();
      assertThat(clause.getText()).isEqualTo("I connect you. ");
      Action action = action(call);
      assertThat(action.getTransfer().getDestination()).isEqualTo("+15005550009");
      assertThat(action.getReply()).isEqualTo(1);
      assertThat(call.await(ConverseResponse::hasClause).getClause().getLast()).isTrue();
      assertThat(groq.requests().getLast().json().toString()).doesNotContain("+15005550009");
    }
  }

  @Test
  void theStateIsToldBeforeASideEffect() throws InterruptedException {
    groq.callsTool("hang_up", "{}");
    try (BrainCaller call = callWithTools()) {
      call.asks(1, 1, "Goodbye.");
      ConverseResponse response = call.await(r -> r.hasCheckpoint() || r.hasAction());
      assertThat(response.getCheckpoint().getState().toStringUtf8()).contains("hang_up");
      assertThat(action(call).getHangUp().getReason()).isEqualTo("agent");
    }
  }

  @Test
  void digitsThatWereCollectedAreAResultThatTheModelAnswers() throws InterruptedException {
    groq.callsTool("collect_digits", "{\"max_digits\":4}");
    groq.replies("Thank you, I have four digits.");
    try (BrainCaller call = callWithTools()) {
      call.asks(1, 1, "I have a customer number.");
      Action action = action(call);
      assertThat(action.getCollectDtmf().getMaxDigits()).isEqualTo(4);
      assertThat(action.getCollectDtmf().getTerminator()).isEqualTo("#");
      call.await(r -> r.hasClause() && r.getClause().getLast());
      call.played(1, "Your number, please.", true);
      call.results(action.getId(), ActionOutcome.ACTION_OUTCOME_DONE, "1234");
      call.results(action.getId(), ActionOutcome.ACTION_OUTCOME_DONE, "9999");
      call.asks(1, 2, "");
      assertThat(call.reply(2)).isEqualTo("Thank you, I have four digits.");
      assertThat(groq.lastPrompt()).contains("tool: the caller entered: 1 2 3 4");
      assertThat(groq.lastPrompt()).doesNotContain("9 9 9 9");
    }
  }

  @Test
  void keysPressedUnaskedAreATurn() throws InterruptedException {
    groq.replies("You pressed five.");
    try (BrainCaller call = call()) {
      call.send(
          voiceagent.v1.ConverseRequest.newBuilder()
              .setDtmf(voiceagent.v1.DtmfReceived.newBuilder().setDigits("5")));
      call.asks(1, 1, "");
      assertThat(call.reply(1)).isEqualTo("You pressed five.");
      assertThat(groq.lastPrompt()).endsWith("user: (The caller pressed 5.)");
    }
  }

  @Test
  void aServerIsAskedAndTheModelGoesOnWithItsAnswer_4_14() throws InterruptedException {
    groq.callsTool("opening_hours", "{\"day\":\"sunday\"}");
    groq.replies("We are closed on Sunday.");
    groq.splitToolArguments(true);
    try (BrainCaller call = callWithTools()) {
      call.asks(1, 1, "Are you open on Sunday?");
      assertThat(call.reply(1)).isEqualTo("Let me look. We are closed on Sunday.");
      assertThat(asked.poll()).contains("\"arguments\":{\"day\":\"sunday\"}", "\"id\":\"1-1\"");
      assertThat(groq.lastPrompt()).contains("tool: Sunday: closed");
      JsonNode messages = groq.requests().getLast().json().path("messages");
      JsonNode result = messages.path(messages.size() - 1);
      JsonNode calls = messages.path(messages.size() - 2).path("tool_calls");
      assertThat(result.path("role").asText()).isEqualTo("tool");
      assertThat(calls).hasSize(1);
      assertThat(result.path("tool_call_id")).isEqualTo(calls.path(0).path("id"));
      call.played(1, "Let me look. We are closed on Sunday.", true);
      groq.replies("Ten.");
      call.asks(2, 2, "And on Saturday?");
      assertThat(call.reply(2)).isEqualTo("Ten.");
      assertThat(events("refused")).isEmpty();
    }
  }

  @Test
  void aToolThatIsCalledOverAndOverIsTakenAway_L25() throws InterruptedException {
    groq.script(r ->
        r.json().has("tools")
            ? new ModelReply.ToolCall("opening_hours", "{\"day\":\"sunday\"}")
            : new ModelReply.Text("I am sorry, I cannot find that."));
    try (BrainCaller call = callWithTools()) {
      call.asks(1, 1, "Are you open on Sunday?");
      assertThat(call.reply(1)).endsWith("I am sorry, I cannot find that.");
      assertThat(asked).hasSize(2);
      assertThat(groq.requests()).hasSize(4);
    }
  }

  @Test
  void wrongArgumentsAreToldToTheModelAndNeverUsed_L19() throws InterruptedException {
    groq.callsTool("opening_hours", "{\"day\": 7}");
    groq.callsTool("opening_hours", "{\"day\":");
    groq.callsTool("dance", "{}");
    groq.replies("I do not know.");
    try (BrainCaller call = callWithTools()) {
      call.asks(1, 1, "Are you open on Sunday?");
      assertThat(call.reply(1)).isEqualTo("I do not know.");
      assertThat(asked).isEmpty();
      assertThat(groq.lastPrompt())
          .contains("tool: error: wrong arguments")
          .contains("tool: error: the arguments are not valid JSON")
          .contains("tool: error: there is no tool dance");
    }
  }

  @Test
  void inOneOfFiveRepliesTheModelSpoilsTheCallAndTheCallerHearsAllTheSame_L19()
      throws InterruptedException {
    groq.pace(Duration.ofMillis(5), Duration.ofMillis(2));
    groq.script(r -> new ModelReply.Text("Here is an answer."));
    Random random = new Random(19);
    try (BrainCaller call = callWithTools()) {
      for (int i = 1; i <= 60; i++) {
        if (random.nextInt(5) == 0) {
          groq.errorInNextStream(0, "tool_use_failed");
        }
        long begun = System.nanoTime();
        call.asks(i, i, "Question");
        assertThat(call.reply(i)).isEqualTo("Here is an answer.");
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(10));
        call.played(i, "Here is an answer.", true);
      }
      assertThat(events("refused")).hasSizeBetween(5, 25);
    }
  }

  @Test
  void aServerThatIsSlowIsGivenUpInTime_L24() throws InterruptedException {
    held = new CountDownLatch(1);
    groq.callsTool("opening_hours", "{\"day\":\"sunday\"}");
    groq.replies("I could not find out.");
    try (BrainCaller call = callWithTools()) {
      call.asks(1, 1, "Are you open on Sunday?");
      assertThat(call.reply(1)).endsWith("I could not find out.");
      assertThat(groq.lastPrompt()).contains("tool: error: no answer within 1500 ms");
    }
  }

  @Test
  void aToolOfAReplyThatIsCancelledSettlesAsThat_L24() throws InterruptedException {
    held = new CountDownLatch(1);
    groq.callsTool("opening_hours", "{\"day\":\"sunday\"}");
    groq.replies("Of course.");
    try (BrainCaller call = callWithTools()) {
      call.asks(1, 1, "Are you open on Sunday?");
      await(() -> !asked.isEmpty());
      call.cancels(1);
      call.asks(2, 2, "Never mind.");
      assertThat(call.reply(2)).isEqualTo("Of course.");
      assertThat(groq.lastPrompt()).contains("tool: cancelled: the caller went on");
    }
  }

  @Test
  void aSpeculativeReplyDoesNothingBeforeItsCommit_L22() throws InterruptedException {
    groq.callsTool("opening_hours", "{\"day\":\"sunday\"}");
    groq.replies("Closed.");
    try (BrainCaller call = callWithTools()) {
      call.asks(1, 1, "Are you open on Sunday?", true);
      await("done");
      assertThat(asked).isEmpty();
      assertThat(call.waiting()).isZero();
      call.commits(1);
      assertThat(call.reply(1)).isEqualTo("Let me look. Closed.");
      assertThat(asked).hasSize(1);
    }
  }

  @Test
  void aReplicaThatTakesOverKnowsWhatWasDone_L29() throws InterruptedException {
    groq.callsTool("opening_hours", "{\"day\":\"sunday\"}");
    groq.replies("Closed.");
    BrainCaller call = callWithTools();
    call.asks(1, 1, "Are you open on Sunday?");
    call.reply(1);
    call.await(ConverseResponse::hasDone);
    call.played(1, "Closed.", true);
    var checkpoint = call.checkpoint();
    Stage other = brain(Map.of());
    var way = channel(other);
    try (BrainCaller next = new BrainCaller(way)) {
      groq.replies("Yes.");
      next.open(checkpoint);
      next.await(ConverseResponse::hasOpened);
      next.asks(2, 2, "Really?");
      assertThat(next.reply(2)).isEqualTo("Yes.");
      assertThat(groq.lastPrompt()).contains("tool: Sunday: closed").contains("user: Really?");
      assertThat(asked).hasSize(1);
    } finally {
      way.shutdownNow();
      other.close();
      call.close();
    }
  }

  @Test
  void whateverToolsDoTheHistoryStaysValid_L24() throws InterruptedException {
    groq.pace(Duration.ofMillis(2), Duration.ofMillis(1));
    for (long seed = 1; seed <= 5; seed++) {
      Random random = new Random(seed);
      List<ModelReply> replies =
          List.of(
              new ModelReply.Text("Some words."),
              new ModelReply.ToolCall("opening_hours", "{\"day\":\"sunday\"}"),
              new ModelReply.ToolCall("opening_hours", "{\"day\":"),
              new ModelReply.ToolCall("collect_digits", "{\"max_digits\":2}"),
              new ModelReply.ToolCall("send_digits", "{\"digits\":\"12\"}"),
              new ModelReply.ToolCall("nonsense", ""));
      groq.script(_ -> {
        synchronized (random) {
          return replies.get(random.nextInt(replies.size()));
        }
      });
      try (BrainCaller call = callWithTools()) {
        for (int i = 1; i <= 20; i++) {
          call.asks(i, i, "Question " + i);
          if (random.nextBoolean()) {
            long reply = i;
            ConverseResponse last =
                call.await(r ->
                    (r.hasDone() && r.getDone().getReply() == reply)
                        || r.hasFailed()
                        || (r.hasAction() && r.getAction().getReply() == reply));
            assertThat(last.hasFailed()).as("seed %d: %s", seed, last).isFalse();
            if (last.hasAction() && random.nextBoolean()) {
              call.results(last.getAction().getId(), ActionOutcome.ACTION_OUTCOME_CANCELLED, "");
            }
            call.played(i, "Some words.", random.nextBoolean());
          } else {
            call.cancels(i);
          }
        }
      }
      String refused =
          events("refused").stream().map(e -> e.detail()).collect(Collectors.joining("\n"));
      assertThat(refused).as("seed %d", seed).isEmpty();
    }
    assertThat(groq.requests()).isNotEmpty().allMatch(ChatRequest::stream);
  }
}
