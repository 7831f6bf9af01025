package voiceagent.brain.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.grpc.ManagedChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import voiceagent.kit.service.Stage;
import voiceagent.v1.ConverseResponse;
import voiceagent.v1.ReplyDone;

/// A server that speaks OpenAI's API and nothing of Groq's own: usage in a chunk without choices,
/// no `x_groq`, no limits in headers, perhaps no list of models.
class OtherServerTest extends RunningBrain {
  private static final String ANSWER =
      """
      data: {"id":"c1","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}

      data: {"id":"c1","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"From nine to five, every day."}}]}

      data: {"id":"c1","object":"chat.completion.chunk","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}

      data: {"id":"c1","object":"chat.completion.chunk","choices":[],"usage":{"prompt_tokens":21,"completion_tokens":8,"total_tokens":29}}

      data: [DONE]

      """;

  private final Set<Integer> early = ConcurrentHashMap.newKeySet();
  private final Set<Integer> asked = ConcurrentHashMap.newKeySet();
  private volatile int modelsStatus = 200;

  @SuppressWarnings("NullAway.Init")
  private HttpServer server;

  @BeforeEach
  void serve() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext(
        "/v1/models",
        exchange -> {
          early.add(exchange.getRemoteAddress().getPort());
          answer(exchange, modelsStatus, "application/json", "{\"data\":[{\"id\":\"my-model\"}]}");
        });
    server.createContext(
        "/v1/chat/completions",
        exchange -> {
          asked.add(exchange.getRemoteAddress().getPort());
          String request =
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          boolean plain =
              request.contains("\"model\":\"my-model\"") && !request.contains("reasoning");
          answer(exchange, plain ? 200 : 400, "text/event-stream", ANSWER);
        });
    server.start();
  }

  @AfterEach
  void unserve() {
    server.stop(0);
  }

  private static void answer(HttpExchange exchange, int status, String type, String body)
      throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getRequestBody().readAllBytes();
    exchange.getResponseHeaders().set("content-type", type);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 404})
  void anyServerOfThatApiAnswersOnConnectionsThatWereThereBefore_11(int status)
      throws InterruptedException {
    modelsStatus = status;
    String url = "http://127.0.0.1:" + server.getAddress().getPort() + "/v1";
    Stage other = brain(Map.of("GROQ_BASE_URL", url, "GROQ_MODEL", "my-model"));
    ManagedChannel to = channel(other);
    try (BrainCaller call = new BrainCaller(to).open()) {
      await(() -> early.size() > 1); // connections that wait for the first question
      call.asks(1, 1, "When are you open?");
      assertThat(call.reply(1)).isEqualTo("From nine to five, every day.");
      ReplyDone done = call.await(ConverseResponse::hasDone).getDone();
      assertThat(done.getModel()).isEqualTo("my-model");
      assertThat(done.getUsage().getPromptTokens()).isEqualTo(21);
      assertThat(done.getUsage().getCompletionTokens()).isEqualTo(8);
      Set<Integer> known = new HashSet<>(early);
      known.addAll(asked);
      call.asks(2, 2, "And on sunday?");
      assertThat(call.reply(2)).isEqualTo("From nine to five, every day.");
      assertThat(known).containsAll(asked);
    } finally {
      to.shutdownNow();
      other.close();
    }
  }
}
