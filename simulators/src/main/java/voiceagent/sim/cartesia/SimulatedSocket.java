package voiceagent.sim.cartesia;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import voiceagent.sim.cartesia.Generation.Encoding;
import voiceagent.sim.server.Peer;
import voiceagent.sim.server.PeerListener;
import voiceagent.sim.speech.SpokenWord;

/// One client's socket: reads requests, writes messages, knows the contexts that live and those
/// that are over. On the connection's event loop.
final class SimulatedSocket implements PeerListener {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int REMEMBERED = 10_000;

  private final Peer peer;
  private final ApiVersion version;
  private final CartesiaSimulator cartesia;
  private final Duration idle;
  private final Map<String, SpeakingContext> live = new HashMap<>();
  private final Set<String> over =
      Collections.newSetFromMap(
          new LinkedHashMap<>() {
            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
              return size() > REMEMBERED;
            }
          });
  private long lastRequest = System.nanoTime();

  SimulatedSocket(Peer peer, ApiVersion version, CartesiaSimulator cartesia) {
    this.peer = peer;
    this.version = version;
    this.cartesia = cartesia;
    idle = cartesia.rules().idle;
    var _ = peer.after(idle, this::closeIfIdle);
  }

  @Override
  public void text(String message) {
    lastRequest = System.nanoTime();
    String context = null;
    try {
      JsonNode json = JSON.readTree(message);
      if (!json.isObject()) {
        throw Refusal.invalid("a message is no JSON object");
      }
      cartesia.came(json);
      context = Generation.context(json);
      if (json.path("cancel").asBoolean()) {
        cancel(context);
      } else {
        generate(Generation.parse(json, version));
      }
    } catch (JsonProcessingException e) {
      refuse(null, Refusal.invalid("a message is no JSON"));
    } catch (Refusal e) {
      refuse(context, e);
    }
  }

  @Override
  public void binary(byte[] message) {
    refuse(null, Refusal.invalid("a message is binary, expected JSON text"));
  }

  @Override
  public void closed(int code) {
    List.copyOf(live.values()).forEach(SpeakingContext::lost);
    cartesia.gone(this, code);
  }

  private void generate(Generation request) throws Refusal {
    SpeakingContext context = live.get(request.context());
    if (context == null) {
      context = begin(request);
    }
    if (!request.transcript().isEmpty()) {
      cartesia.tell("clause", request.transcript());
    }
    context.input(request);
  }

  private SpeakingContext begin(Generation first) throws Refusal {
    if (over.contains(first.context())) {
      throw Refusal.invalid("the context is done, cancelled or expired; its id may not be reused");
    }
    if (first.transcript().isEmpty()) {
      throw Refusal.invalid("transcript is empty in the first request of a context");
    }
    if (!cartesia.takeContext()) {
      throw Refusal.limited("Concurrency limit reached.");
    }
    SpeakingContext context =
        new SpeakingContext(
            first, this, cartesia.rules(), cartesia.faults(), cartesia.log(first.context()));
    live.put(first.context(), context);
    return context;
  }

  private void cancel(String id) throws Refusal {
    SpeakingContext context = live.get(id);
    if (context == null) {
      throw new Refusal(404, null, "Context not found", "There is no active context of this id.");
    }
    cartesia.tell("cancelled", id);
    context.cancel();
  }

  private void closeIfIdle() {
    long rest = idle.toNanos() - (System.nanoTime() - lastRequest);
    if (rest > 0 || !live.isEmpty()) {
      var _ = peer.after(Duration.ofNanos(Math.max(rest, 1_000_000)), this::closeIfIdle);
    } else {
      close(1000, "connection idle timeout");
    }
  }

  // What contexts do.

  /// Has a context's text made into audio and hands it over on the event loop, no sooner than after
  /// a wait.
  void make(
      String context,
      String text,
      float speed,
      Encoding encoding,
      Duration wait,
      CartesiaSimulator.Made made) {
    long due = System.nanoTime() + wait.toNanos();
    cartesia.make(
        text,
        speed,
        encoding,
        (audio, words) -> {
          long rest = due - System.nanoTime();
          if (rest > 0) {
            var _ = peer.after(Duration.ofNanos(rest), () -> made.made(audio, words));
          } else {
            peer.execute(() -> made.made(audio, words));
          }
        },
        () -> peer.execute(() -> refuse(context, Refusal.failed())));
  }

  ScheduledFuture<?> after(Duration delay, Runnable task) {
    return peer.after(delay, task);
  }

  void firstAudio() {
    cartesia.tell("first-audio", "");
  }

  void chunk(String context, byte[] data, int flushId, double stepMs) {
    peer.text(
        message("chunk", context)
            .put("data", data)
            .put("step_time", stepMs)
            .put("flush_id", flushId)
            .toString());
  }

  void timestamps(String context, List<SpokenWord> words, int flushId) {
    ObjectNode message = message("timestamps", context).put("flush_id", flushId);
    ObjectNode times = message.putObject("word_timestamps");
    var texts = times.putArray("words");
    var starts = times.putArray("start");
    var ends = times.putArray("end");
    for (SpokenWord word : words) {
      texts.add(word.text());
      starts.add(word.start() / 8000.0);
      ends.add(word.end() / 8000.0);
    }
    peer.text(message.toString());
  }

  void flushDone(String context, int flushId) {
    peer.text(
        message("flush_done", context).put("flush_done", true).put("flush_id", flushId).toString());
  }

  void done(String context) {
    cartesia.tell("done", context);
    peer.text(message("done", context).put("done", true).toString());
  }

  /// Says why a request is not served; its context, if it has one, is over.
  void refuse(@Nullable String context, Refusal refusal) {
    cartesia.refused(refusal);
    SpeakingContext failed = context == null ? null : live.get(context);
    if (failed != null) {
      failed.lost();
    }
    peer.text(refusal.message(version, context, UUID.randomUUID().toString()));
  }

  void ended(SpeakingContext context) {
    live.remove(context.id());
    over.add(context.id());
    cartesia.releaseContext();
  }

  void cut() {
    peer.abort();
  }

  void close(int code, String reason) {
    peer.close(code, reason);
  }

  private static ObjectNode message(String type, String context) {
    return JSON.createObjectNode()
        .put("type", type)
        .put("context_id", context)
        .put("done", false)
        .put("status_code", 206);
  }
}
