package voiceagent.gateway.turn;

/// Where a call is in its turns.
///
/// ```
///            Started                 reply heard
/// Idle ───────────────▶ AgentSpeaking ─────────────▶ Listening ◀─┐
///                        ▲    │ words ≥ threshold        │ words  │ nothing said
///            first frame │    ▼                          ▼        │
///                     Thinking ◀──────────────── CallerSpeaking ──┘
///                              end of turn
/// Leaving: from any, when the call cannot go on. Ended: from any.
/// ```
///
/// Each state carries the numbers of the caller's newest turn and of the newest reply, given in
/// this call so far.
public sealed interface TurnState {
  Ids ids();

  /// @param turn the caller's newest turn; 0 before the first
  /// @param reply the newest reply; 0 before the first
  record Ids(long turn, long reply) {
    Ids nextTurn() {
      return new Ids(turn + 1, reply);
    }

    Ids nextReply() {
      return new Ids(turn, reply + 1);
    }
  }

  /// Before the stream starts.
  record Idle(Ids ids) implements TurnState {}

  /// Nobody speaks, the caller may.
  ///
  /// @param prompts how often the agent asked whether the caller is still there
  record Listening(Ids ids, int prompts) implements TurnState {}

  /// The caller speaks; turn `ids.turn` is theirs.
  ///
  /// @param before what they said over the agent before and was not answered; may be empty
  /// @param prepared the words for which reply `ids.reply` is made already, in case the turn is
  ///   over with them; empty for none
  record CallerSpeaking(Ids ids, String before, String prepared) implements TurnState {
    CallerSpeaking(Ids ids, String before) {
      this(ids, before, "");
    }
  }

  /// The caller's turn is over, reply `ids.reply` is being made; nothing of it is on the wire.
  record Thinking(Ids ids) implements TurnState {}

  /// Reply `ids.reply` is on the wire or at the carrier.
  ///
  /// @param kept what the caller said over it that was too little to interrupt; opens the next turn
  /// @param talking the caller is saying more of that
  /// @param prompts as in [Listening]
  /// @param thenHangUp the call ends when it was heard
  record AgentSpeaking(Ids ids, String kept, boolean talking, int prompts, boolean thenHangUp)
      implements TurnState {}

  /// The agent's last words, reply `ids.reply`: nothing stops them, and the call ends when they
  /// were heard.
  ///
  /// @param reason one word for logs and metrics
  record Leaving(Ids ids, String reason) implements TurnState {}

  /// Nothing happens any more.
  record Ended(Ids ids) implements TurnState {}
}
