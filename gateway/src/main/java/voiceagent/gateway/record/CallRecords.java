package voiceagent.gateway.record;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Optional;
import voiceagent.kit.time.Timers;

/// Keeps what calls leave behind: a file each, written whole or not at all, and what the webhook is
/// told. Any thread; may block for a disk.
public final class CallRecords implements AutoCloseable {
  private static final Logger LOG = System.getLogger(CallRecords.class.getName());
  private static final ObjectMapper JSON = new ObjectMapper();

  private final RecordConfig config;
  private final Optional<Webhook> webhook;

  public CallRecords(RecordConfig config, Timers timers) {
    this.config = config;
    webhook =
        config
            .webhook()
            .flatMap(url -> config.secret().map(secret -> new Webhook(url, secret, timers)));
    config.folder().ifPresent(CallRecords::prepare);
  }

  /// A call is over.
  ///
  /// @param document by [CallRecord#document]
  /// @param goesOn its stream was lost, another may resume it: the webhook is not told yet
  public void keep(String call, ObjectNode document, boolean goesOn) {
    ObjectNode whole = redacted(document);
    if (config.folder().isPresent()) {
      whole = write(config.folder().get().resolve(fileName(call)), whole);
    }
    if (!goesOn) {
      tell("call.ended", JsonNodeFactory.instance.objectNode().set("record", whole));
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

  /// Waits for what is being sent, as long as that.
  public void drain(Duration within) {
    webhook.ifPresent(w -> w.drain(within));
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

  /// @return the document, with what an earlier stream of the same call left
  private static ObjectNode write(Path file, ObjectNode document) {
    ObjectNode whole = document;
    try {
      if (document.path("resumed").asBoolean() && Files.exists(file)) {
        whole = joined((ObjectNode) JSON.readTree(Files.readAllBytes(file)), document);
      }
      Path part = Files.createTempFile(file.getParent(), ".record", ".part");
      try {
        Files.write(part, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(whole));
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(part);
      }
    } catch (IOException | ClassCastException e) {
      LOG.log(Level.ERROR, "a call record cannot be written to {0}: {1}", file.getParent(), e);
    }
    return whole;
  }

  /// One document of a call that had two streams: all turns, all costs, the later end.
  private static ObjectNode joined(ObjectNode earlier, ObjectNode later) {
    ObjectNode whole = later.deepCopy();
    whole.set("started", earlier.path("started"));
    whole.put("seconds", earlier.path("seconds").asDouble() + later.path("seconds").asDouble());
    for (String list : new String[] {"turns", "actions"}) {
      ArrayNode all = JsonNodeFactory.instance.arrayNode();
      earlier.path(list).forEach(all::add);
      later.path(list).forEach(all::add);
      whole.set(list, all);
    }
    ObjectNode costs = whole.putObject("costs");
    later
        .path("costs")
        .propertyStream()
        .forEach(p -> {
          JsonNode before = earlier.path("costs").path(p.getKey());
          if (p.getValue().isIntegralNumber()) {
            costs.put(p.getKey(), before.asLong() + p.getValue().asLong());
          } else {
            costs.put(p.getKey(), before.asDouble() + p.getValue().asDouble());
          }
        });
    return whole;
  }

  /// A SID has no other characters; what has is no name of a file.
  private static String fileName(String call) {
    return call.replaceAll("[^A-Za-z0-9_-]", "_") + ".json";
  }

  private static void prepare(Path folder) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      LOG.log(Level.WARNING, "CALL_RECORD_DIR {0} cannot be made, no records are kept", folder);
    }
  }
}
