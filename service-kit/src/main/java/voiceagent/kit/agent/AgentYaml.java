package voiceagent.kit.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.StringReader;
import java.util.HashMap;
import java.util.Map;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/// YAML as a JSON tree that knows the line of each value.
public final class AgentYaml {
  /// YAML that cannot be read.
  public static final class Unreadable extends Exception {
    private final int line;

    Unreadable(int line, String message) {
      super(message);
      this.line = line;
    }

    /// From 1.
    public int line() {
      return line;
    }
  }

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final Map<String, Integer> lines = new HashMap<>();
  private final JsonNode tree;

  private AgentYaml(Node root) throws Unreadable {
    tree = node(root, "");
  }

  /// @throws Unreadable with the line of the mistake
  public static AgentYaml parse(String text) throws Unreadable {
    LoaderOptions options = new LoaderOptions();
    options.setAllowDuplicateKeys(false);
    options.setMaxAliasesForCollections(0);
    try {
      Node root = new Yaml(new SafeConstructor(options)).compose(new StringReader(text));
      if (root == null) {
        throw new Unreadable(1, "the file is empty");
      }
      return new AgentYaml(root);
    } catch (MarkedYAMLException e) {
      throw new Unreadable(line(e), String.valueOf(e.getProblem()));
    } catch (YAMLException e) {
      throw new Unreadable(1, String.valueOf(e.getMessage()));
    }
  }

  private static int line(MarkedYAMLException e) {
    return e.getProblemMark() == null ? 1 : e.getProblemMark().getLine() + 1;
  }

  public JsonNode tree() {
    return tree;
  }

  /// The line of a value, from 1; of the nearest one around it where there is none.
  public int line(String pointer) {
    String at = pointer;
    while (true) {
      Integer line = lines.get(at);
      if (line != null) {
        return line;
      }
      if (at.isEmpty()) {
        return 1;
      }
      at = at.substring(0, Math.max(0, at.lastIndexOf('/')));
    }
  }

  private JsonNode node(Node node, String pointer) throws Unreadable {
    lines.putIfAbsent(pointer, node.getStartMark().getLine() + 1);
    return switch (node) {
      case MappingNode mapping -> {
        ObjectNode object = NODES.objectNode();
        for (NodeTuple tuple : mapping.getValue()) {
          if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
            throw new Unreadable(
                tuple.getKeyNode().getStartMark().getLine() + 1, "a key is no text");
          }
          int line = key.getStartMark().getLine() + 1;
          if (object.has(key.getValue())) {
            throw new Unreadable(line, key.getValue() + " is there twice");
          }
          String child = pointer + "/" + key.getValue();
          lines.put(child, line);
          object.set(key.getValue(), node(tuple.getValueNode(), child));
        }
        yield object;
      }
      case SequenceNode sequence -> {
        ArrayNode array = NODES.arrayNode();
        for (int i = 0; i < sequence.getValue().size(); i++) {
          array.add(node(sequence.getValue().get(i), pointer + "/" + i));
        }
        yield array;
      }
      case ScalarNode scalar -> scalar(scalar);
      default ->
          throw new Unreadable(node.getStartMark().getLine() + 1, "aliases are not supported");
    };
  }

  private static JsonNode scalar(ScalarNode scalar) {
    String text = scalar.getValue();
    if (scalar.getTag().equals(Tag.NULL)) {
      return NODES.nullNode();
    }
    if (scalar.getTag().equals(Tag.BOOL)) {
      return NODES.booleanNode(text.matches("(?i)true|yes|on"));
    }
    if (scalar.getTag().equals(Tag.INT) && text.matches("-?\\d{1,18}")) {
      return NODES.numberNode(Long.parseLong(text));
    }
    if (scalar.getTag().equals(Tag.FLOAT) && text.matches("-?\\d+(\\.\\d+)?([eE][-+]?\\d+)?")) {
      return NODES.numberNode(Double.parseDouble(text));
    }
    return NODES.textNode(text);
  }
}
