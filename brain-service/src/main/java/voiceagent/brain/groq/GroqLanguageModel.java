package voiceagent.brain.groq;

import com.fasterxml.jackson.databind.JsonNode;
import io.helidon.http.HeaderNames;
import io.helidon.webclient.api.HttpClientRequest;
import io.helidon.webclient.api.HttpClientResponse;
import io.helidon.webclient.api.WebClient;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import voiceagent.brain.llm.ChatMessage;
import voiceagent.brain.llm.Deadlines;
import voiceagent.brain.llm.LanguageModel;
import voiceagent.brain.llm.ModelException;
import voiceagent.brain.llm.ModelFailure;
import voiceagent.brain.llm.ModelRequest;
import voiceagent.brain.llm.ModelStream;
import voiceagent.brain.llm.TokenBudget;
import voiceagent.brain.llm.ToolOffer;
import voiceagent.kit.config.Secret;
import voiceagent.kit.time.Timers;

/// Groq over HTTPS. One pool of connections for the process, kept alive.
public final class GroqLanguageModel implements LanguageModel {
  private static final int MAX_LIST_BYTES = 1 << 20;
  private static final String MODELS = "/models";

  private final WebClient client;
  private final String key;
  private final TokenBudget budget;
  private final Timers clock;

  /// @param base such as `https://api.groq.com/openai/v1`
  /// @param budget told what each answer says of the account's limits
  public GroqLanguageModel(
      URI base, Secret key, Deadlines deadlines, TokenBudget budget, Timers clock) {
    this.key = key.reveal();
    this.budget = budget;
    this.clock = clock;
    client =
        WebClient.builder()
            .baseUri(base.toString().replaceFirst("/+$", ""))
            .connectTimeout(deadlines.connect())
            // A backstop: whoever takes the answer has deadlines of its own, which are shorter.
            .readTimeout(deadlines.firstToken().plus(deadlines.connect()))
            .shareConnectionCache(false)
            .sendExpectContinue(false)
            .addHeader("User-Agent", "voice-agent/0.1")
            .build();
  }

  @Override
  public String provider() {
    return "groq";
  }

  @Override
  public ModelStream ask(String model, ModelRequest request) {
    byte[] body = GroqCodec.request(model, request);
    return new GroqStream(
        () ->
            send(
                c ->
                    c.post("/chat/completions")
                        .header(HeaderNames.CONTENT_TYPE, "application/json")
                        .header(HeaderNames.ACCEPT, "text/event-stream"),
                body),
        headers -> budget.told(model, GroqAnswers.limits(headers), clock.nanos()),
        request.tools().stream().map(ToolOffer::name).collect(Collectors.toSet()));
  }

  @Override
  public Completion complete(
      String model, List<ChatMessage> prompt, String name, JsonNode schema, Duration within)
      throws ModelException {
    byte[] body = GroqCodec.document(model, prompt, name, schema);
    try (HttpClientResponse response =
        send(
            c ->
                c.post("/chat/completions")
                    .readTimeout(within)
                    .header(HeaderNames.CONTENT_TYPE, "application/json"),
            body)) {
      budget.told(model, GroqAnswers.limits(response.headers()), clock.nanos());
      String text = body(response);
      if (response.status().code() != 200) {
        throw new ModelException(
            GroqAnswers.refusal(response.status().code(), response.headers(), text));
      }
      Completion completion = GroqCodec.completion(text);
      budget.spent(completion.usage().prompt() + completion.usage().completion(), clock.nanos());
      return completion;
    } catch (IOException | RuntimeException e) {
      throw new ModelException(failure(e));
    }
  }

  @Override
  public Set<String> models() throws ModelException {
    try (HttpClientResponse response = send(c -> c.get(MODELS), new byte[0])) {
      String body = body(response);
      if (response.status().code() != 200) {
        throw new ModelException(
            GroqAnswers.refusal(response.status().code(), response.headers(), body));
      }
      return GroqCodec.models(body);
    } catch (IOException | RuntimeException e) {
      throw new ModelException(failure(e));
    }
  }

  @Override
  public void warm(int connections) {
    for (int i = 0; i < connections; i++) {
      var _ =
          Thread.ofVirtual()
              .name("warm")
              .start(() -> {
                try {
                  var _ = models();
                } catch (ModelException _) {
                  // whoever asks next will see it
                }
              });
    }
  }

  @Override
  public void close() {
    client.closeResource();
  }

  /// Sends a request and waits for the answer's head. A connection that the provider closed while
  /// it was idle fails at once, before any answer: then a new one is opened.
  private HttpClientResponse send(Function<WebClient, HttpClientRequest> request, byte[] body) {
    try {
      return submit(request.apply(client), body);
    } catch (RuntimeException e) {
      if (isTimeout(e) || Thread.currentThread().isInterrupted()) {
        throw e;
      }
      return submit(request.apply(client).keepAlive(false), body);
    }
  }

  private HttpClientResponse submit(HttpClientRequest request, byte[] body) {
    HttpClientRequest signed = request.header(HeaderNames.AUTHORIZATION, "Bearer " + key);
    return body.length == 0 ? signed.request() : signed.submit(body);
  }

  static String body(HttpClientResponse response) throws IOException {
    try (InputStream in = response.inputStream()) {
      return new String(in.readNBytes(MAX_LIST_BYTES), StandardCharsets.UTF_8);
    }
  }

  /// Helidon's errors are unchecked, and not all of them say that they come of the network.
  static ModelFailure failure(Exception error) {
    Throwable cause = error;
    while (cause.getCause() != null && !(cause instanceof SocketTimeoutException)) {
      cause = cause.getCause();
    }
    ModelFailure.Kind kind =
        isTimeout(error) ? ModelFailure.Kind.TIMEOUT : ModelFailure.Kind.UNREACHABLE;
    return ModelFailure.of(kind, cause.getClass().getSimpleName() + " " + cause.getMessage());
  }

  private static boolean isTimeout(Throwable error) {
    return error instanceof SocketTimeoutException
        || (error.getCause() != null && isTimeout(error.getCause()));
  }
}
