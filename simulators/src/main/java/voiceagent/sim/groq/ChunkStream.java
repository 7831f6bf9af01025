package voiceagent.sim.groq;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import voiceagent.sim.server.BodyWriter;

/// Writes one completion as Server-Sent Events, at the pace of a model, with the fault that was set
/// for it. On the connection's event loop.
final class ChunkStream {
  private final BodyWriter out;
  private final Chunks chunks;
  private final StreamManner manner;
  private final @Nullable Fault fault;
  private final BiConsumer<String, String> events;
  private final @Nullable Random cuts;
  private final Deque<Step> steps = new ArrayDeque<>();

  private record Step(Duration delay, Runnable action) {}

  /// @param events told kind and detail
  ChunkStream(
      BodyWriter out,
      Chunks chunks,
      StreamManner manner,
      Optional<Fault> fault,
      BiConsumer<String, String> events) {
    this.out = out;
    this.chunks = chunks;
    this.manner = manner;
    this.fault = fault.orElse(null);
    this.events = events;
    cuts = manner.seed().isPresent() ? new Random(manner.seed().getAsLong()) : null;
  }

  void write(ModelReply reply) {
    out.onGone(() -> events.accept("cancelled", ""));
    Duration late =
        fault instanceof Fault.Stall(int after, Duration pause) && after == 0
            ? pause
            : Duration.ZERO;
    steps.add(new Step(late, () -> data(chunks.role(reply))));
    if (!manner.reasoning().isEmpty() && !chunks.hidesReasoning()) {
      steps.add(new Step(manner.firstToken(), () -> data(chunks.reasoning(manner.reasoning()))));
    }
    tokens(reply);
    steps.add(new Step(manner.betweenTokens(), () -> end(reply)));
    next();
  }

  private void tokens(ModelReply reply) {
    List<String> events =
        switch (reply) {
          case ModelReply.Text _ -> chunks.tokens(reply).stream().map(chunks::content).toList();
          case ModelReply.ToolCall call -> chunks.call(call, manner.splitArguments());
        };
    for (int i = 0; i <= events.size(); i++) {
      fail(i);
      if (i < events.size()) {
        boolean first = i == 0;
        String event = events.get(i);
        steps.add(
            new Step(
                first ? manner.firstToken() : manner.betweenTokens(), () -> token(event, first)));
      }
    }
  }

  /// What the fault does after so many tokens.
  private void fail(int tokens) {
    switch (fault) {
      case Fault.ErrorInStream(int after, String code, Fault.Form form) when after == tokens ->
          steps.add(new Step(manner.betweenTokens(), () -> error(code, form)));
      case Fault.Cut(int after) when after == tokens ->
          steps.add(new Step(manner.betweenTokens(), this::cut));
      case Fault.Stall(int after, Duration pause) when after == tokens && after > 0 ->
          steps.add(new Step(pause, () -> {}));
      case null, default -> {}
    }
  }

  private void token(String event, boolean first) {
    if (first) {
      events.accept("first-token", "");
    }
    if (manner.comments()) {
      bytes(": keep-alive\n\n");
    }
    data(event);
  }

  private void error(String code, Fault.Form form) {
    steps.clear();
    switch (form) {
      case DATA -> data(chunks.error(code));
      case EVENT -> bytes("event: error\ndata: " + chunks.error(code) + "\n\n");
      case X_GROQ -> data(chunks.stopped(code));
    }
    events.accept("refused", "200 " + code);
    out.end();
  }

  private void cut() {
    steps.clear();
    events.accept("refused", "200 cut");
    out.abort();
  }

  private void end(ModelReply reply) {
    data(chunks.last(reply));
    bytes("data: [DONE]\n\n");
    events.accept("done", chunks.text(reply));
    out.end();
  }

  private void next() {
    Step step = steps.poll();
    if (step == null) {
      return;
    }
    if (step.delay().isZero()) {
      step.action().run();
      next();
    } else {
      out.after(
          step.delay(),
          () -> {
            step.action().run();
            next();
          });
    }
  }

  private void data(String json) {
    bytes("data: " + json + "\n\n");
  }

  private void bytes(String event) {
    byte[] bytes = event.getBytes(StandardCharsets.UTF_8);
    int from = 0;
    while (from < bytes.length) {
      int to = cuts == null ? bytes.length : Math.min(bytes.length, from + 1 + cuts.nextInt(40));
      out.write(Arrays.copyOfRange(bytes, from, to));
      from = to;
    }
  }
}
