package voiceagent.brain.route;

import java.util.Optional;

/// The routes of one call's agent. Any thread.
public interface CallRouter {
  /// Declines everything.
  CallRouter NONE =
      new CallRouter() {
        @Override
        public Optional<RoutedAnswer> answer(String text) {
          return Optional.empty();
        }

        @Override
        public boolean isReady() {
          return true;
        }
      };

  /// The fixed answer to an utterance, if there is one. Takes a few milliseconds.
  Optional<RoutedAnswer> answer(String text);

  /// Whether it knows its routes by now; until then it declines everything.
  boolean isReady();
}
