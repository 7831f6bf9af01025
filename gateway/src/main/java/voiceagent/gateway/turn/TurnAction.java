package voiceagent.gateway.turn;

/// What the call shall do, in the order given.
public sealed interface TurnAction {
  /// Speak a phrase of the gateway's own as this reply.
  record Say(long reply, Phrase phrase) implements TurnAction {}

  /// Ask the brain for a reply to what the caller said, or take the one that was prepared.
  record Ask(long turn, long reply, String text) implements TurnAction {}

  /// Have the brain begin a reply that is not spoken unless it is asked for.
  record Prepare(long turn, long reply, String text) implements TurnAction {}

  /// A reply that was prepared is of no use.
  record Discard(long reply) implements TurnAction {}

  /// Throw away what waits to be played: here, then at the carrier.
  record ClearPlayback(long reply) implements TurnAction {}

  /// Nobody wants this reply any more: end it in the speech and brain stages.
  record CancelReply(long reply) implements TurnAction {}

  /// Wait for the caller, and tell if nothing comes.
  record AwaitCaller() implements TurnAction {}

  /// End the call.
  record HangUp(String reason) implements TurnAction {}

  /// A phrase that the gateway speaks without the brain.
  enum Phrase {
    GREETING,
    /// Instead of the greeting, to a caller whose stream was lost.
    RESUMED,
    /// Asks a silent caller whether they are there.
    PROMPT,
    /// Ends a call whose caller stays silent.
    GOODBYE,
    /// Ends a call that has lasted too long.
    TIME_LIMIT,
    /// For a reply that could not be made.
    APOLOGY,
    /// Ends a call that cannot go on.
    TROUBLE
  }
}
