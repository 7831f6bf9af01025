package voiceagent.sim.groq;

import java.time.Duration;
import java.util.OptionalLong;

/// How streams are written.
///
/// @param firstToken from request to the first token
/// @param betweenTokens from one token to the next
/// @param seed where to cut the bytes; empty: one piece an event
/// @param reasoning what the model thinks first; empty: nothing
record StreamManner(
    Duration firstToken,
    Duration betweenTokens,
    OptionalLong seed,
    boolean splitArguments,
    boolean comments,
    String reasoning) {
  static final StreamManner PRESET =
      new StreamManner(
          Duration.ofMillis(120), Duration.ofMillis(15), OptionalLong.empty(), false, false, "");

  StreamManner withPace(Duration first, Duration between) {
    return new StreamManner(first, between, seed, splitArguments, comments, reasoning);
  }

  StreamManner withSeed(long value) {
    return new StreamManner(
        firstToken, betweenTokens, OptionalLong.of(value), splitArguments, comments, reasoning);
  }

  StreamManner withSplitArguments(boolean on) {
    return new StreamManner(firstToken, betweenTokens, seed, on, comments, reasoning);
  }

  StreamManner withComments(boolean on) {
    return new StreamManner(firstToken, betweenTokens, seed, splitArguments, on, reasoning);
  }

  StreamManner withReasoning(String text) {
    return new StreamManner(firstToken, betweenTokens, seed, splitArguments, comments, text);
  }
}
