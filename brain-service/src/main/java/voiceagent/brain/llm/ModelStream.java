package voiceagent.brain.llm;

import java.time.Duration;
import java.util.Optional;

/// One answer of a model, while it is written. One thread takes, any may close.
public interface ModelStream extends AutoCloseable {
  /// Waits for what comes next. After `Finished` or an exception nothing comes.
  ///
  /// @return empty if nothing came in time
  /// @throws ModelException if the request failed, or broke off
  Optional<ReplyDelta> next(Duration within) throws ModelException, InterruptedException;

  /// The provider's id of the request; empty until it is known.
  String requestId();

  /// Ends the request: the provider sees the connection close. Harmless when repeated.
  @Override
  void close();
}
