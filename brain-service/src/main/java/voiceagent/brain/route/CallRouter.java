package voiceagent.brain.route;

import java.util.Optional;

/// The routes of one call's agent. Any thread.
@FunctionalInterface
public interface CallRouter {
  /// Declines everything.
  CallRouter NONE = _ -> Optional.empty();

  /// The fixed answer to an utterance, if there is one. Takes a few milliseconds.
  Optional<RoutedAnswer> answer(String text);
}
