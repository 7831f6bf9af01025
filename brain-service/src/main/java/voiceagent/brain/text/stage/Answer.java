package voiceagent.brain.text.stage;

import java.time.Duration;
import java.util.List;

/// A reply as text mode sees it.
///
/// @param text all clauses
/// @param route "llm", or the route that answered; empty if it failed
/// @param first from utterance to the first words
/// @param whole from utterance to the end
/// @param actions in words, such as "hang_up"
/// @param failure why there is no answer; empty if there is one
public record Answer(
    String text,
    String route,
    String model,
    Duration first,
    Duration whole,
    List<String> actions,
    String failure) {
  /// The call ends with it.
  public boolean ends() {
    return actions.stream().anyMatch(a -> a.startsWith("hang_up") || a.startsWith("transfer"));
  }
}
