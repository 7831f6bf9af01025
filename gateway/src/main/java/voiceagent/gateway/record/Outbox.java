package voiceagent.gateway.record;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// Events that the webhook has not taken yet, a file each, so that they outlive the process. Any
/// thread; blocks for a disk.
final class Outbox {
  private static final Logger LOG = System.getLogger(Outbox.class.getName());
  private static final ObjectMapper JSON = new ObjectMapper();

  /// Nobody wants what is older.
  private static final Duration KEEP = Duration.ofDays(7);

  /// @param name what happened
  /// @param delivery the same each time it is sent
  /// @param body JSON, with the name as `event`
  record Event(String name, String delivery, String body) {}

  private final Path folder;

  /// @param folder made when it is needed
  Outbox(Path folder) {
    this.folder = folder;
  }

  void keep(Event event) {
    Path part = folder.resolve("." + event.delivery());
    try {
      Files.createDirectories(folder);
      Files.writeString(part, event.body());
      Files.move(part, file(event), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      LOG.log(Level.ERROR, "an event for the webhook cannot be kept in {0}: {1}", folder, e);
    }
  }

  void forget(Event event) {
    forget(file(event));
  }

  /// What is left, of this process or of one before.
  ///
  /// @param most the rest stays
  List<Event> left(int most) {
    List<Event> left = new ArrayList<>();
    if (!Files.isDirectory(folder)) {
      return left;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.json")) {
      for (Path file : files) {
        if (Files.getLastModifiedTime(file).toInstant().isBefore(Instant.now().minus(KEEP))) {
          forget(file);
        } else if (left.size() < most) {
          left.add(read(file));
        }
      }
    } catch (IOException e) {
      LOG.log(Level.ERROR, "events for the webhook cannot be read from {0}: {1}", folder, e);
    }
    return left;
  }

  private static Event read(Path file) throws IOException {
    String body = Files.readString(file, StandardCharsets.UTF_8);
    String name = file.getFileName().toString();
    return new Event(
        JSON.readTree(body).path("event").asText(),
        name.substring(0, name.length() - ".json".length()),
        body);
  }

  private static void forget(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      LOG.log(Level.WARNING, "an event that was sent cannot be deleted: {0}", e.getMessage());
    }
  }

  private Path file(Event event) {
    return folder.resolve(event.delivery() + ".json");
  }
}
