package voiceagent.gateway.call;

import org.jspecify.annotations.Nullable;
import voiceagent.gateway.playout.HeardLedger;
import voiceagent.gateway.stage.SaidKind;

/// A reply that is being spoken, or will be. On the call's thread.
final class SpokenReply {
  final long id;

  /// What the gateway says by itself; null for an answer of the brain's.
  final @Nullable SaidKind said;

  /// The clip that says the same when the speech stage cannot; null for an answer.
  final Clips.@Nullable Name fallback;

  final HeardLedger ledger = new HeardLedger();

  /// Any text was given to be spoken.
  boolean hasText;

  /// Any audio was given to be played.
  boolean hasAudio;

  /// All audio there will be was given to be played.
  boolean whole;

  /// The speech stage could not speak all of it.
  boolean failed;

  /// What was heard is told, or will be.
  boolean reported;

  int clauses;

  SpokenReply(long id, @Nullable SaidKind said, Clips.@Nullable Name fallback) {
    this.id = id;
    this.said = said;
    this.fallback = fallback;
  }
}
