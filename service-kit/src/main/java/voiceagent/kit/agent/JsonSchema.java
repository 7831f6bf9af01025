package voiceagent.kit.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaException;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.util.List;
import java.util.Optional;

/// A JSON schema (draft 2020-12), by a library. Any thread.
public final class JsonSchema {
  private final Schema schema;

  private JsonSchema(Schema schema) {
    this.schema = schema;
  }

  /// @throws IllegalArgumentException if it is no schema
  public static JsonSchema of(JsonNode schema) {
    try {
      return new JsonSchema(
          SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12).getSchema(schema));
    } catch (SchemaException e) {
      throw new IllegalArgumentException("no JSON schema: " + e.getMessage(), e);
    }
  }

  /// What is wrong with a schema itself; empty if nothing is.
  public static Optional<String> problem(JsonNode schema) {
    try {
      Schema rules =
          SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
              .getSchema(
                  com.networknt.schema.SchemaLocation.of(
                      "https://json-schema.org/draft/2020-12/schema"));
      return rules.validate(schema).stream()
          .findFirst()
          .map(e -> e.getInstanceLocation() + " " + e.getMessage());
    } catch (SchemaException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  /// What a document breaks, a sentence each; empty if it satisfies the schema.
  public List<String> problems(JsonNode document) {
    return mistakes(document).stream()
        .map(m -> (m.pointer().isEmpty() ? "the document" : m.pointer()) + " " + m.sentence())
        .toList();
  }

  List<AgentSchema.Mistake> mistakes(JsonNode document) {
    return schema.validate(document).stream()
        .map(e -> {
          String at = e.getInstanceLocation().toString();
          String property = e.getProperty();
          boolean unknown = "additionalProperties".equals(e.getKeyword()) && property != null;
          return new AgentSchema.Mistake(
              unknown ? at + "/" + property : at,
              unknown ? "is not known here" : String.valueOf(e.getMessage()));
        })
        .toList();
  }
}
