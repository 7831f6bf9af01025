package voiceagent.brain.llm;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/// Port: a provider of language models. Any thread.
public interface LanguageModel extends AutoCloseable {
  /// The provider's name in logs and failures, such as "groq".
  String provider();

  /// Asks one model for one answer; returns at once, what comes is taken from the stream. No
  /// deadline but the connection's: the taker has its own.
  ModelStream ask(String model, ModelRequest request);

  /// Asks one model for one JSON document and waits for it, `within` at most.
  ///
  /// @param name of the schema: 1 to 64 of A-Z a-z 0-9 _ -
  /// @param schema JSON schema of the document; enforced by the model where it can
  /// @return the document's text; nobody has checked it
  Completion complete(
      String model, List<ChatMessage> prompt, String name, JsonNode schema, Duration within)
      throws ModelException;

  /// An answer that came in one piece.
  record Completion(String text, TokenUsage usage) {}

  /// The models that the account can use. Blocks, for some seconds at most.
  Set<String> models() throws ModelException;

  /// Opens connections, so that the next requests find them open. Returns at once.
  void warm(int connections);

  @Override
  void close();
}
