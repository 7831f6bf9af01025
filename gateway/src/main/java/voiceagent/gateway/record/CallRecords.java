package voiceagent.gateway.record;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import voiceagent.kit.time.Timers;

/// Keeps what calls leave behind: a file each, and what the webhook is told. Any thread.
public final class CallRecords implements AutoCloseable {
  private final RecordConfig config;
  private final Optional<RecordFiles> files;
  private final Optional<Webhook> webhook;

  /// Calls of which there are drafts only.
  private final Set<String> unfinished = new HashSet<>();

  public CallRecords(RecordConfig config, Timers timers) {
    this.config = config;
    files = config.folder().map(folder -> new RecordFiles(folder, this::redacted));
    Optional<Outbox> outbox = config.folder().map(folder -> new Outbox(folder.resolve("unsent")));
    webhook =
        config
            .webhook()
            .flatMap(
                url -> config.secret().map(secret -> new Webhook(url, secret, outbox, timers)));
  }

  /// A call begins: what it will leave behind is kept from its first turn on.
  ///
  /// @param started the clock of the document
  /// @param resumed the call's stream was lost before
  public CallRecord open(
      String call, String agent, String from, String to, boolean resumed, Instant started) {
    return new CallRecord(
        call, agent, from, to, resumed, started, document -> draft(call, document));
  }

  private void draft(String call, ObjectNode document) {
    synchronized (unfinished) {
      unfinished.add(call);
    }
    files.ifPresent(f -> f.draft(call, document.deepCopy()));
  }

  /// A call's stream is over. Blocks for a disk.
  ///
  /// @param document by [CallRecord#document]
  /// @param goesOn its stream was lost, another may resume it: the webhook is not told yet
  public void keep(String call, ObjectNode document, boolean goesOn) {
    ObjectNode whole = redacted(document);
    if (files.isPresent()) {
      whole = files.get().keep(call, whole);
    }
    if (!goesOn) {
      tell("call.ended", JsonNodeFactory.instance.objectNode().set("record", whole));
    }
    synchronized (unfinished) {
      unfinished.remove(call);
      unfinished.notifyAll();
    }
  }

  /// A document was taken out of a call.
  public void extracted(String call, String schema, JsonNode document) {
    tell(
        "call.extraction",
        JsonNodeFactory.instance
            .objectNode()
            .put("call", call)
            .put("schema", schema)
            .set("document", config.redaction().of(document)));
  }

  /// Waits for the documents of calls that have just ended, and for what is being sent, as long as
  /// that.
  public void drain(Duration within) {
    long until = System.nanoTime() + within.toNanos();
    synchronized (unfinished) {
      try {
        while (!unfinished.isEmpty() && System.nanoTime() < until) {
          unfinished.wait(Math.max(1, (until - System.nanoTime()) / 1_000_000));
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    webhook.ifPresent(w -> w.drain(Duration.ofNanos(Math.max(0, until - System.nanoTime()))));
  }

  @Override
  public void close() {
    webhook.ifPresent(Webhook::close);
  }

  /// What people said, and who they are; not our own figures.
  private ObjectNode redacted(ObjectNode document) {
    ObjectNode kept = document.deepCopy();
    for (String field : new String[] {"from", "to", "extraction"}) {
      kept.set(field, config.redaction().of(kept.path(field)));
    }
    for (JsonNode turn : kept.path("turns")) {
      ((ObjectNode) turn).set("text", config.redaction().of(turn.path("text")));
    }
    return kept;
  }

  private void tell(String event, ObjectNode body) {
    webhook.ifPresent(w -> w.send(event, body));
  }
}
