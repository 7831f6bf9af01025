package voiceagent.sim.deepgram;

import java.util.List;
import voiceagent.sim.speech.SpokenWord;

/// What Flux says of a turn. Times are samples of this connection's audio.
///
/// @param turn index from 0
/// @param start where the turn's audio begins: at the end of the turn before
/// @param end position
/// @param words all of the turn so far
/// @param confidence that the turn is over
/// @param trigger of an EndOfTurn: "model", "manual" or "timeout"; else empty
record TurnInfo(
    Event event,
    int turn,
    long start,
    long end,
    List<SpokenWord> words,
    double confidence,
    String trigger) {
  enum Event {
    START_OF_TURN("StartOfTurn", "start-of-turn"),
    UPDATE("Update", "update"),
    EAGER_END_OF_TURN("EagerEndOfTurn", "eager-end-of-turn"),
    TURN_RESUMED("TurnResumed", "turn-resumed"),
    END_OF_TURN("EndOfTurn", "end-of-turn");

    private final String wire;
    private final String kind;

    Event(String wire, String kind) {
      this.wire = wire;
      this.kind = kind;
    }

    String wire() {
      return wire;
    }

    /// As the simulator's events tell it.
    String kind() {
      return kind;
    }
  }

  String transcript() {
    return String.join(" ", words.stream().map(SpokenWord::text).toList());
  }
}
