package voiceagent.brain.groq;

import io.helidon.http.Headers;
import io.helidon.webclient.api.HttpClientResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import voiceagent.brain.llm.ModelException;
import voiceagent.brain.llm.ModelFailure;
import voiceagent.brain.llm.ModelStream;
import voiceagent.brain.llm.ReplyDelta;
import voiceagent.brain.llm.TokenUsage;
import voiceagent.brain.llm.ToolCall;

/// One streamed answer. A virtual thread of its own sends the request and reads; what it reads
/// waits in a queue. Full: the reader waits, and with it the provider.
///
/// Closing interrupts the reader wherever it is, which closes the connection.
final class GroqStream implements ModelStream {
  private static final int MAX_WAITING = 256;

  private sealed interface Item {
    record Delta(ReplyDelta delta) implements Item {}

    record Failure(ModelFailure failure) implements Item {}
  }

  private final Supplier<HttpClientResponse> request;
  private final Consumer<Headers> headers;
  private final Set<String> tools;
  private final CallPieces calls = new CallPieces();
  private final BlockingQueue<Item> items = new ArrayBlockingQueue<>(MAX_WAITING);
  private final ThinkTags thinkTags = new ThinkTags();
  private final Thread reader;
  private volatile String requestId = "";
  private volatile boolean closed;
  private String finish = "";
  private TokenUsage usage = TokenUsage.UNKNOWN;

  /// @param request sends the request and waits for the answer's head
  /// @param headers told the head's fields
  /// @param tools the names of those that were offered
  GroqStream(Supplier<HttpClientResponse> request, Consumer<Headers> headers, Set<String> tools) {
    this.request = request;
    this.headers = headers;
    this.tools = tools;
    reader = Thread.ofVirtual().name("groq").start(this::read);
  }

  @Override
  public Optional<ReplyDelta> next(Duration within) throws ModelException, InterruptedException {
    return switch (items.poll(within.toNanos(), TimeUnit.NANOSECONDS)) {
      case null -> Optional.empty();
      case Item.Delta(ReplyDelta delta) -> Optional.of(delta);
      case Item.Failure(ModelFailure failure) -> throw new ModelException(failure);
    };
  }

  @Override
  public String requestId() {
    return requestId;
  }

  @Override
  public void close() {
    closed = true;
    reader.interrupt();
  }

  private void read() {
    try (HttpClientResponse response = request.get()) {
      headers.accept(response.headers());
      requestId = GroqAnswers.requestId(response.headers());
      if (response.status().code() == 200) {
        events(new SseReader(response.inputStream()));
      } else {
        String body = GroqLanguageModel.body(response);
        if (!salvaged(GroqCodec.error(body))) {
          fail(GroqAnswers.refusal(response.status().code(), response.headers(), body));
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException | RuntimeException e) {
      broken(e);
    }
  }

  private void events(SseReader sse) throws IOException, InterruptedException {
    while (true) {
      Optional<SseEvent> event = sse.next();
      if (event.isEmpty()) {
        over("the stream ended early");
        return;
      }
      switch (GroqCodec.decode(event.get())) {
        case GroqMessage.Done _ -> {
          over("no reason to end was given");
          return;
        }
        case GroqMessage.Broken broken -> {
          if (!salvaged(broken)) {
            fail(GroqAnswers.broken(broken, requestId));
          }
          return;
        }
        case GroqMessage.Chunk chunk -> take(chunk);
      }
    }
  }

  private void take(GroqMessage.Chunk chunk) throws InterruptedException {
    requestId = chunk.requestId().isEmpty() ? requestId : chunk.requestId();
    finish = chunk.finish().isEmpty() ? finish : chunk.finish();
    usage = chunk.usage().orElse(usage);
    calls.add(chunk.calls());
    text(thinkTags.push(chunk.text()));
  }

  /// A call of a tool that the provider could not read, and we can (L19).
  private boolean salvaged(GroqMessage.Broken broken) throws InterruptedException {
    Optional<ToolCall> call =
        broken.code().equals("tool_use_failed")
            ? FailedGeneration.call(broken.generation(), tools)
            : Optional.empty();
    if (call.isPresent()) {
      items.put(new Item.Delta(new ReplyDelta.Calls(List.of(call.get()))));
      items.put(new Item.Delta(new ReplyDelta.Finished("tool_calls", usage)));
    }
    return call.isPresent();
  }

  /// The stream is over; it was whole if the model said why it ended.
  private void over(String otherwise) throws InterruptedException {
    if (finish.isEmpty()) {
      fail(new ModelFailure(ModelFailure.Kind.BROKEN, otherwise, Duration.ZERO, requestId));
    } else {
      text(thinkTags.end());
      if (!calls.isEmpty()) {
        items.put(new Item.Delta(new ReplyDelta.Calls(calls.whole())));
      }
      items.put(new Item.Delta(new ReplyDelta.Finished(finish, usage)));
    }
  }

  private void text(String text) throws InterruptedException {
    if (!text.isEmpty()) {
      items.put(new Item.Delta(new ReplyDelta.Text(text)));
    }
  }

  /// The connection failed before the answer's head, or within it.
  private void broken(Exception error) {
    if (closed) {
      return;
    }
    ModelFailure failure = GroqLanguageModel.failure(error);
    boolean begun = !requestId.isEmpty() && failure.kind() == ModelFailure.Kind.UNREACHABLE;
    try {
      fail(
          new ModelFailure(
              begun ? ModelFailure.Kind.BROKEN : failure.kind(),
              failure.detail(),
              Duration.ZERO,
              requestId));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void fail(ModelFailure failure) throws InterruptedException {
    items.put(new Item.Failure(failure));
  }
}
