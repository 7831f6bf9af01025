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
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;

/// A file for each call, written whole or not at all: a draft after each turn, so that a gateway
/// that is killed leaves what was said until then, and the document when the call is over. A call
/// that is resumed goes on with the file that its earlier stream left. Any thread.
final class RecordFiles {
  private static final Logger LOG = System.getLogger(RecordFiles.class.getName());
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path folder;
  private final UnaryOperator<ObjectNode> redaction;

  /// Held while a file is written.
  private final ReentrantLock writing = new ReentrantLock();

  /// Not written yet; a newer one replaces an older one of the same call.
  private final Map<String, ObjectNode> drafts = new HashMap<>();

  /// What earlier streams of live calls left; empty if nothing. With [#writing].
  private final Map<String, ObjectNode> earlier = new HashMap<>();

  /// @param folder made if it is missing
  /// @param redaction what is done to drafts before they are written
  RecordFiles(Path folder, UnaryOperator<ObjectNode> redaction) {
    this.folder = folder;
    this.redaction = redaction;
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      LOG.log(Level.WARNING, "CALL_RECORD_DIR {0} cannot be made, no records are kept", folder);
    }
  }

  /// The call goes on; returns at once.
  void draft(String call, ObjectNode document) {
    synchronized (drafts) {
      if (drafts.put(call, document) != null) {
        return; // the thread that was started for it takes this one
      }
    }
    var _ =
        Thread.ofVirtual()
            .name("record")
            .start(() -> {
              writing.lock();
              try {
                ObjectNode newest = takeDraft(call);
                if (!newest.isEmpty()) {
                  write(call, redaction.apply(newest));
                }
              } finally {
                writing.unlock();
              }
            });
  }

  /// The stream is over. Blocks.
  ///
  /// @param document redacted
  /// @return the document, with what earlier streams of the same call left
  ObjectNode keep(String call, ObjectNode document) {
    writing.lock();
    try {
      takeDraft(call);
      ObjectNode whole = write(call, document);
      earlier.remove(call);
      return whole;
    } finally {
      writing.unlock();
    }
  }

  private ObjectNode takeDraft(String call) {
    synchronized (drafts) {
      ObjectNode draft = drafts.remove(call);
      return draft == null ? JsonNodeFactory.instance.objectNode() : draft;
    }
  }

  private ObjectNode write(String call, ObjectNode document) {
    ObjectNode whole = document;
    Path file = folder.resolve(fileName(call));
    try {
      if (document.path("resumed").asBoolean()) {
        whole = joined(earlier(call, file), document);
      }
      Path part = Files.createTempFile(folder, ".record", ".part");
      try {
        Files.write(part, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(whole));
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(part);
      }
    } catch (IOException | ClassCastException e) {
      LOG.log(Level.ERROR, "a call record cannot be written to {0}: {1}", folder, e);
    }
    return whole;
  }

  private ObjectNode earlier(String call, Path file) throws IOException {
    ObjectNode before = earlier.get(call);
    if (before == null) {
      try {
        before = (ObjectNode) JSON.readTree(Files.readAllBytes(file));
      } catch (NoSuchFileException _) {
        before = JsonNodeFactory.instance.objectNode();
      }
      earlier.put(call, before);
    }
    return before;
  }

  /// One document of a call that had two streams: all turns, all costs, the later end.
  private static ObjectNode joined(ObjectNode earlier, ObjectNode later) {
    ObjectNode whole = later.deepCopy();
    if (earlier.isEmpty()) {
      return whole;
    }
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
}
