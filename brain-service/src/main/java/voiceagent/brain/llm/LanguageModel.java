package voiceagent.brain.llm;

import java.util.List;
import java.util.Set;

/// Port: a provider of language models. Any thread.
public interface LanguageModel extends AutoCloseable {
  /// The provider's name in logs and failures, such as "groq".
  String provider();

  /// Asks one model for one answer; returns at once, what comes is taken from the stream. No
  /// deadline but the connection's: the taker has its own.
  ModelStream ask(String model, List<ChatMessage> prompt);

  /// The models that the account can use. Blocks, for some seconds at most.
  Set<String> models() throws ModelException;

  /// Opens connections, so that the next requests find them open. Returns at once.
  void warm(int connections);

  @Override
  void close();
}
