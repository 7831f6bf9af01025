package voiceagent.sim.groq;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/// A small document that satisfies a JSON schema of the common kind: objects, arrays, plain values,
/// `enum`, `minItems`, `minimum`, `anyOf`. What else a schema asks for is passed over.
final class SchemaSample {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private SchemaSample() {}

  static String of(JsonNode schema) {
    return sample(schema).toString();
  }

  private static JsonNode sample(JsonNode schema) {
    if (schema.path("enum").isArray()) {
      return schema.path("enum").path(0);
    }
    if (schema.path("anyOf").isArray()) {
      return sample(schema.path("anyOf").path(0));
    }
    JsonNode type =
        schema.path("type").isArray() ? schema.path("type").path(0) : schema.path("type");
    return switch (type.asText(schema.has("properties") ? "object" : "string")) {
      case "object" -> object(schema);
      case "array" -> array(schema);
      case "integer" -> NODES.numberNode(schema.path("minimum").asLong(1));
      case "number" -> NODES.numberNode(schema.path("minimum").asDouble(1));
      case "boolean" -> NODES.booleanNode(true);
      case "null" -> NODES.nullNode();
      default -> NODES.textNode("unknown");
    };
  }

  private static JsonNode object(JsonNode schema) {
    ObjectNode object = NODES.objectNode();
    schema
        .path("properties")
        .propertyStream()
        .forEach(p -> object.set(p.getKey(), sample(p.getValue())));
    return object;
  }

  private static JsonNode array(JsonNode schema) {
    ArrayNode array = NODES.arrayNode();
    for (int i = 0; i < schema.path("minItems").asInt(0); i++) {
      array.add(sample(schema.path("items")));
    }
    return array;
  }
}
