package voiceagent.brain.extract;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import voiceagent.brain.llm.ChatMessage;
import voiceagent.brain.llm.LanguageModel;
import voiceagent.brain.llm.ModelException;
import voiceagent.brain.llm.ModelOrder;
import voiceagent.kit.agent.ExtractionSpec;
import voiceagent.kit.agent.JsonSchema;
import voiceagent.kit.observe.Meters;

/// Takes a document out of a conversation: a model writes it, a validator checks it, and what is
/// wrong with it is told to the model for another attempt. Any thread; blocks.
public final class Extractor {
  private static final Logger LOG = System.getLogger(Extractor.class.getName());
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int ATTEMPTS = 3;
  private static final Duration ATTEMPT = Duration.ofSeconds(6);

  private static final String TASK =
      """
      You read the transcript of a phone call and fill in a JSON document about it. Use only what \
      was said. Leave out, or set to null where the schema allows it, what was not said; invent \
      nothing. Answer with the JSON document alone.\
      """;

  private final LanguageModel model;
  private final ModelOrder order;

  public Extractor(LanguageModel model, ModelOrder order) {
    this.model = model;
    this.order = order;
  }

  /// @param transcript a line for each turn
  /// @return a document that satisfies the schema; empty if none of the attempts did
  public Optional<String> extract(ExtractionSpec spec, String transcript) {
    JsonSchema schema = JsonSchema.of(spec.schema());
    List<ChatMessage> prompt = prompt(spec, transcript);
    List<String> models = order.usable();
    int next = 0;
    for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
      String name = models.get(next % models.size());
      try {
        String text = model.complete(name, prompt, spec.name(), spec.schema(), ATTEMPT).text();
        Optional<JsonNode> document = document(text);
        List<String> problems =
            document.map(schema::problems).orElse(List.of("the answer is not valid JSON"));
        if (problems.isEmpty()) {
          count("ok");
          return document.map(JsonNode::toString);
        }
        LOG.log(
            Level.WARNING,
            "a document of {0} breaks its schema in {1} places, attempt {2}",
            name,
            String.valueOf(problems.size()),
            String.valueOf(attempt));
        count("invalid");
        prompt = repair(prompt, text, problems);
      } catch (ModelException e) {
        LOG.log(Level.WARNING, "no document from {0}: {1}", name, e.getMessage());
        count(e.failure().kind().word());
        next++;
      }
    }
    LOG.log(Level.ERROR, "no document {0} could be had of this call", spec.name());
    return Optional.empty();
  }

  private static List<ChatMessage> prompt(ExtractionSpec spec, String transcript) {
    String task =
        TASK
            + (spec.instructions().isEmpty() ? "" : "\n" + spec.instructions())
            + "\nIts JSON schema:\n"
            + spec.schema();
    return List.of(
        new ChatMessage(ChatMessage.Role.SYSTEM, task),
        new ChatMessage(ChatMessage.Role.USER, transcript));
  }

  private static List<ChatMessage> repair(
      List<ChatMessage> prompt, String text, List<String> problems) {
    List<ChatMessage> next = new ArrayList<>(prompt.subList(0, 2));
    next.add(new ChatMessage(ChatMessage.Role.ASSISTANT, text.isBlank() ? "{}" : text));
    next.add(
        new ChatMessage(
            ChatMessage.Role.USER,
            "That breaks the schema:\n- "
                + String.join("\n- ", problems)
                + "\nWrite the whole document again, right."));
    return next;
  }

  /// Some models wrap it in a code block.
  private static Optional<JsonNode> document(String text) {
    int start = text.indexOf('{');
    int end = text.lastIndexOf('}');
    if (start < 0 || end < start) {
      return Optional.empty();
    }
    try {
      return Optional.ofNullable(JSON.readTree(text.substring(start, end + 1)));
    } catch (JsonProcessingException _) {
      return Optional.empty();
    }
  }

  private static void count(String outcome) {
    Meters.counter(
            "voiceagent_extraction_attempts_total",
            "Attempts at a document, by how they ended.",
            "outcome",
            outcome)
        .increment();
  }
}
