package voiceagent.brain.llm;

import java.time.Duration;

/// How long a reply may take.
///
/// @param connect TCP and TLS
/// @param firstToken from asking a model to its first word
/// @param betweenTokens from one piece to the next
/// @param attempts from the utterance to the first word of whichever model answers
/// @param total from asking a model to the end of its answer
public record Deadlines(
    Duration connect,
    Duration firstToken,
    Duration betweenTokens,
    Duration attempts,
    Duration total) {
  /// The gateway gives a brain up after 8 s without a clause: three models of 2 s fit.
  public static final Deadlines PRESET =
      new Deadlines(
          Duration.ofSeconds(1),
          Duration.ofSeconds(2),
          Duration.ofSeconds(2),
          Duration.ofSeconds(6),
          Duration.ofSeconds(30));
}
