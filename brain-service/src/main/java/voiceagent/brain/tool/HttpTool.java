package voiceagent.brain.tool;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import voiceagent.kit.agent.ToolSpec;

/// Asks an agent's servers: `POST` of `{"call", "id", "tool", "arguments"}`; what they answer is
/// the tool's result. Any thread; blocks.
public final class HttpTool implements AutoCloseable {
  /// A model needs no more; the rest of a longer answer is cut off.
  private static final int MAX_RESULT = 4000;

  private final HttpClient client =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(1)).build();

  /// @param id the same when the same use is tried again, so that the server can tell
  /// @return the result, or in words for the model why there is none; within the tool's time
  /// @throws InterruptedException if nobody wants the result any more; the request is given up
  public String ask(ToolSpec.Http tool, JsonNode arguments, String call, String id)
      throws InterruptedException {
    ObjectNode body =
        JsonNodeFactory.instance
            .objectNode()
            .put("call", call)
            .put("id", id)
            .put("tool", tool.name())
            .set("arguments", arguments);
    HttpRequest request =
        HttpRequest.newBuilder(tool.url())
            .timeout(tool.timeout())
            .header("content-type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
            .build();
    CompletableFuture<HttpResponse<String>> answer =
        client.sendAsync(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
    try {
      HttpResponse<String> response = answer.get(tool.timeout().toMillis(), TimeUnit.MILLISECONDS);
      return response.statusCode() / 100 == 2
          ? cut(response.body())
          : "error: the server answered with status " + response.statusCode();
    } catch (TimeoutException _) {
      answer.cancel(true);
      return tooLate(tool);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof HttpTimeoutException) {
        return tooLate(tool);
      }
      return e.getCause() instanceof IOException
          ? "error: the server cannot be reached"
          : "error: the request failed";
    } catch (InterruptedException e) {
      answer.cancel(true);
      throw e;
    }
  }

  @Override
  public void close() {
    client.shutdownNow();
  }

  private static String tooLate(ToolSpec.Http tool) {
    return "error: no answer within " + tool.timeout().toMillis() + " ms";
  }

  private static String cut(String text) {
    String result = text.isBlank() ? "done" : text.strip();
    return result.length() > MAX_RESULT ? result.substring(0, MAX_RESULT) : result;
  }
}
