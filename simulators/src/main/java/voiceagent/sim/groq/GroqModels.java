package voiceagent.sim.groq;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// The models that Groq serves in 2026-11. The retired ones (llama-3.1-8b-instant,
/// llama-3.3-70b-versatile, qwen/qwen3-32b, llama-4, gemma2) are not among them.
final class GroqModels {
  private static final long CREATED = 1_754_408_224;

  /// @param context tokens of prompt and completion together
  /// @param maxOutput most tokens of a completion
  record Model(String id, String owner, int context, int maxOutput) {
    boolean isGptOss() {
      return id.startsWith("openai/gpt-oss");
    }

    boolean reasons() {
      return isGptOss() || id.startsWith("qwen/");
    }
  }

  private final Map<String, Model> models = Collections.synchronizedMap(new LinkedHashMap<>());

  GroqModels() {
    add(new Model("openai/gpt-oss-20b", "OpenAI", 131_072, 32_768));
    add(new Model("openai/gpt-oss-120b", "OpenAI", 131_072, 32_768));
    add(new Model("qwen/qwen3.6-27b", "Alibaba Cloud", 131_072, 32_768));
    add(new Model("qwen/qwen3.8-27b", "Alibaba Cloud", 131_072, 32_768));
    add(new Model("whisper-large-v3", "OpenAI", 448, 448));
  }

  /// The model, unless it is unknown or retired.
  Optional<Model> find(String id) {
    return Optional.ofNullable(models.get(id));
  }

  void retire(String id) {
    models.remove(id);
  }

  /// A model as an enterprise account may still have it, or one with another context.
  void offer(String id, int context) {
    add(new Model(id, "Simulated", context, 32_768));
  }

  String list() {
    ObjectNode root = JsonNodeFactory.instance.objectNode().put("object", "list");
    var data = root.putArray("data");
    synchronized (models) {
      models.values().forEach(m -> data.add(json(m)));
    }
    return root.toString();
  }

  static ObjectNode json(Model model) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("id", model.id())
        .put("object", "model")
        .put("created", CREATED)
        .put("owned_by", model.owner())
        .put("active", true)
        .put("context_window", model.context())
        .put("max_completion_tokens", model.maxOutput());
  }

  private void add(Model model) {
    models.put(model.id(), model);
  }
}
