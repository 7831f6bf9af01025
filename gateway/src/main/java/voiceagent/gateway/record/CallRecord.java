package voiceagent.gateway.record;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import voiceagent.gateway.observe.TurnTimeline;
import voiceagent.gateway.stage.ReplyReport;

/// What one call's document will hold, gathered while it lasts. On the call's thread.
///
/// Bounded by [#MAX_TURNS]: what is said after that is counted, not kept.
public final class CallRecord {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int VERSION = 1;
  private static final int MAX_TURNS = 2000;

  private final ObjectNode root = JsonNodeFactory.instance.objectNode();
  private final ArrayNode turns = JsonNodeFactory.instance.arrayNode();
  private final ArrayNode actions = JsonNodeFactory.instance.arrayNode();
  private final ObjectNode extraction = JsonNodeFactory.instance.objectNode();
  private final Map<Long, ObjectNode> replies = new HashMap<>();
  private final Consumer<ObjectNode> draft;
  private Instant started;
  private long promptTokens;
  private long completionTokens;
  private long cachedTokens;
  private long wastedTokens;
  private long characters;
  private long callerSamples;
  private int dropped;

  /// @param draft given the document after each turn, to read and not to keep
  CallRecord(
      String call,
      String agent,
      String from,
      String to,
      boolean resumed,
      Instant started,
      Consumer<ObjectNode> draft) {
    this.started = started;
    this.draft = draft;
    root.put("version", VERSION)
        .put("call", call)
        .put("agent", agent)
        .put("from", from)
        .put("to", to)
        .put("resumed", resumed)
        .put("started", started.toString());
  }

  /// The media stream is there: times count from now.
  public void begins(Instant at) {
    started = at;
    root.put("started", at.toString());
  }

  /// The caller's turn.
  public void caller(long turn, String text, Instant at) {
    if (!text.isBlank()) {
      turn(at).put("speaker", "caller").put("turn", turn).put("text", text.strip());
      draft(at);
    }
  }

  /// What was heard of something the agent said.
  ///
  /// @param kind "answer", or what the gateway spoke by itself
  public void agent(long reply, String kind, String heard, boolean complete, Instant at) {
    if (!heard.isBlank()) {
      ObjectNode turn =
          turn(at)
              .put("speaker", "agent")
              .put("kind", kind)
              .put("reply", reply)
              .put("text", heard.strip())
              .put("complete", complete);
      turn.setAll(reply(reply));
      replies.put(reply, turn);
      draft(at);
    }
  }

  /// What a reply of the brain's took.
  public void report(long reply, ReplyReport report) {
    promptTokens += report.promptTokens();
    completionTokens += report.completionTokens();
    cachedTokens += report.cachedTokens();
    wastedTokens += report.wastedTokens();
    reply(reply).put("route", report.route());
    if (!report.model().isEmpty()) {
      reply(reply)
          .put("model", report.model())
          .put("first_token_ms", report.firstTokenMicros() / 1000);
    }
  }

  /// How long a reply took.
  public void timings(long reply, TurnTimeline.Figures figures) {
    reply(reply)
        .put("gap_ms", figures.gap().toMillis())
        .put("own_ms", figures.own().toNanos() / 1e6)
        .put("brain_ms", figures.brain().toMillis())
        .put("tts_ms", figures.tts().toMillis());
  }

  /// Characters that the speech stage sent to its provider.
  public void spoken(long sent) {
    characters += sent;
  }

  /// Audio of the caller's.
  public void callerAudio(int samples) {
    callerSamples += samples;
  }

  /// What became of something that the brain wanted done; without numbers and digits.
  public void action(String id, String outcome) {
    actions.addObject().put("id", id).put("outcome", outcome);
  }

  /// A document that the brain took out of the conversation; a later one replaces it.
  ///
  /// @return the document
  public JsonNode extraction(String schema, String json) {
    JsonNode document;
    try {
      document = JSON.readTree(json);
    } catch (JsonProcessingException _) {
      document = JsonNodeFactory.instance.textNode(json);
    }
    extraction.set(schema, document);
    return document;
  }

  /// The document of a call that is over.
  ///
  /// @param outcome what becomes of the call
  /// @param reason one word
  public ObjectNode document(String outcome, String reason, Instant ended) {
    root.put("ended", ended.toString())
        .put("seconds", Duration.between(started, ended).toMillis() / 1000.0)
        .put("outcome", outcome)
        .put("reason", reason);
    root.set("turns", turns);
    if (dropped > 0) {
      root.put("turns_not_kept", dropped);
    }
    root.set("actions", actions);
    root.set("extraction", extraction);
    root.putObject("costs")
        .put("prompt_tokens", promptTokens)
        .put("completion_tokens", completionTokens)
        .put("cached_tokens", cachedTokens)
        .put("wasted_tokens", wastedTokens)
        .put("tts_characters", characters)
        .put("stt_seconds", callerSamples / 8000.0);
    return root;
  }

  /// As the document shall be if nothing more is heard of the call.
  private void draft(Instant at) {
    draft.accept(document("unfinished", "", at));
  }

  private ObjectNode reply(long reply) {
    return replies.computeIfAbsent(reply, _ -> JsonNodeFactory.instance.objectNode());
  }

  private ObjectNode turn(Instant at) {
    ObjectNode turn = JsonNodeFactory.instance.objectNode();
    if (turns.size() < MAX_TURNS) {
      turns.add(turn);
    } else {
      dropped++;
    }
    return turn.put("at_ms", Duration.between(started, at).toMillis());
  }
}
