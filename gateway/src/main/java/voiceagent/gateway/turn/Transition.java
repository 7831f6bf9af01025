package voiceagent.gateway.turn;

import java.util.List;

/// What follows from an event: the state afterwards, and what to do, in order.
public record Transition(TurnState state, List<TurnAction> actions) {
  static Transition to(TurnState state, TurnAction... actions) {
    return new Transition(state, List.of(actions));
  }
}
