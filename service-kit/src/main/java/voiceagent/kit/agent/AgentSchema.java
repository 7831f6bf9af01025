package voiceagent.kit.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;

/// The schema of agent files that ships with them: `agent.schema.json` beside this class.
final class AgentSchema {
  private static final JsonNode SCHEMA = load();

  private AgentSchema() {}

  /// A mistake.
  ///
  /// @param pointer where, as a JSON pointer
  record Mistake(String pointer, String sentence) {}

  static List<Mistake> mistakes(JsonNode file) {
    return JsonSchema.of(SCHEMA).mistakes(file);
  }

  /// As [#mistakes], of a file's part: nothing is required of the rest.
  static List<String> problemsOfPart(JsonNode part) {
    ObjectNode schema = SCHEMA.deepCopy();
    schema.remove("required");
    return JsonSchema.of(schema).mistakes(part).stream()
        .map(m -> m.pointer() + ": " + m.sentence())
        .toList();
  }

  private static JsonNode load() {
    try (InputStream in = AgentSchema.class.getResourceAsStream("agent.schema.json")) {
      if (in == null) {
        throw new IOException("no agent.schema.json beside " + AgentSchema.class.getName());
      }
      return new ObjectMapper().readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
