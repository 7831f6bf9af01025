package voiceagent.tts.cartesia;

import java.time.Duration;

/// How long the session waits for what.
///
/// @param audio for the next sign of life of a context that owes audio; then another socket is
///   taken, once, then the reply fails: both together before a gateway gives this stage up, after 3
///   s
/// @param limited after a refusal for too many contexts, before it asks again
/// @param expiry since the last audio of a context: one that is older is not used any more.
///   Cartesia ends it after 1 s (doc "Contexts")
/// @param idle since the last request of a socket: one that is older is replaced. Cartesia closes
///   it after 5 min (doc "Concurrency and WebSocket Limits")
/// @param firstBackoff before the second attempt to connect; doubles from then on
/// @param maxBackoff between attempts to connect
record Patience(
    Duration audio,
    Duration limited,
    Duration expiry,
    Duration idle,
    Duration firstBackoff,
    Duration maxBackoff) {
  static final Patience PRESET =
      new Patience(
          Duration.ofMillis(1250),
          Duration.ofMillis(250),
          Duration.ofMillis(700),
          Duration.ofMinutes(4),
          Duration.ofMillis(100),
          Duration.ofSeconds(5));
}
