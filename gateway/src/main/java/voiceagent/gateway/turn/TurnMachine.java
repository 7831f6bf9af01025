package voiceagent.gateway.turn;

import voiceagent.gateway.turn.TurnAction.Ask;
import voiceagent.gateway.turn.TurnAction.AwaitCaller;
import voiceagent.gateway.turn.TurnAction.CancelReply;
import voiceagent.gateway.turn.TurnAction.ClearPlayback;
import voiceagent.gateway.turn.TurnAction.Discard;
import voiceagent.gateway.turn.TurnAction.HangUp;
import voiceagent.gateway.turn.TurnAction.Phrase;
import voiceagent.gateway.turn.TurnAction.Prepare;
import voiceagent.gateway.turn.TurnAction.Say;
import voiceagent.gateway.turn.TurnState.AgentSpeaking;
import voiceagent.gateway.turn.TurnState.CallerSpeaking;
import voiceagent.gateway.turn.TurnState.Ended;
import voiceagent.gateway.turn.TurnState.Idle;
import voiceagent.gateway.turn.TurnState.Ids;
import voiceagent.gateway.turn.TurnState.Leaving;
import voiceagent.gateway.turn.TurnState.Listening;
import voiceagent.gateway.turn.TurnState.Thinking;

/// Decides whose turn it is. A pure function: no threads, no clock, no I/O.
///
/// @param bargeIn when words interrupt the agent
/// @param maxPrompts how often a silent caller is asked before the goodbye
public record TurnMachine(BargeIn bargeIn, int maxPrompts) {
  /// Where every call begins.
  public static TurnState start() {
    return new Idle(new Ids(0, 0));
  }

  /// Where a call goes on whose stream was lost.
  ///
  /// @param turn the caller's newest turn
  /// @param reply the newest reply
  public static TurnState resume(long turn, long reply) {
    return new Idle(new Ids(turn, reply));
  }

  /// What follows from an event in a state.
  public Transition next(TurnState state, TurnEvent event) {
    if (state instanceof Ended) {
      return Transition.to(state);
    }
    return switch (event) {
      case TurnEvent.Started(boolean resumed) -> onStarted(state.ids(), resumed);
      case TurnEvent.Words(String text, boolean mayInterrupt) -> onWords(state, text, mayInterrupt);
      case TurnEvent.EndOfTurn(String text, boolean mayInterrupt) ->
          onEndOfTurn(state, text, mayInterrupt);
      case TurnEvent.ProbablyOver(String text) -> onProbablyOver(state, text);
      case TurnEvent.GoesOn _ -> onGoesOn(state);
      case TurnEvent.KeysPressed _ -> onKeys(state);
      case TurnEvent.ReplyStarted(long reply) -> onReplyStarted(state, reply);
      case TurnEvent.ReplyHeard(long reply) -> onReplyOver(state, reply);
      case TurnEvent.ReplyFailed(long reply) -> onReplyFailed(state, reply);
      case TurnEvent.HangUpAfter(long reply) -> onHangUpAfter(state, reply);
      case TurnEvent.Silence _ -> onSilence(state);
      case TurnEvent.StageGone _ -> farewell(state, Phrase.TROUBLE, "stage-gone");
      case TurnEvent.TimeLimit _ -> farewell(state, Phrase.TIME_LIMIT, "time-limit");
      case TurnEvent.Stopped _ -> Transition.to(new Ended(state.ids()));
    };
  }

  private static Transition onStarted(Ids ids, boolean resumed) {
    return say(ids, resumed ? Phrase.RESUMED : Phrase.GREETING, 0, false);
  }

  private Transition onWords(TurnState state, String words, boolean mayInterrupt) {
    Ids ids = state.ids();
    return switch (state) {
      case Idle _, CallerSpeaking _, Leaving _, Ended _ -> Transition.to(state);
      case Listening _ -> Transition.to(new CallerSpeaking(ids.nextTurn(), ""));
      case Thinking _ when bargeIn.isBackchannel(words) -> Transition.to(state);
      case Thinking _ ->
          Transition.to(new CallerSpeaking(ids.nextTurn(), ""), new CancelReply(ids.reply()));
      case AgentSpeaking speaking when mayInterrupt && bargeIn.interrupts(words) ->
          Transition.to(
              new CallerSpeaking(ids.nextTurn(), speaking.kept()),
              new ClearPlayback(ids.reply()),
              new CancelReply(ids.reply()));
      case AgentSpeaking _ when bargeIn.isBackchannel(words) -> Transition.to(state);
      case AgentSpeaking s ->
          Transition.to(new AgentSpeaking(ids, s.kept(), true, s.prompts(), s.thenHangUp()));
    };
  }

  private Transition onEndOfTurn(TurnState state, String words, boolean mayInterrupt) {
    Ids ids = state.ids();
    return switch (state) {
      case Idle _, Leaving _, Ended _ -> Transition.to(state);
      case Listening _ -> ask(ids.nextTurn(), words);
      case CallerSpeaking(_, String before, String prepared)
          when prepared.equals(joined(before, words)) ->
          Transition.to(new Thinking(ids), new Ask(ids.turn(), ids.reply(), prepared));
      case CallerSpeaking s -> withoutPrepared(s, ask(ids, joined(s.before(), words)));
      case Thinking _ when bargeIn.isBackchannel(words) -> Transition.to(state);
      case Thinking _ -> after(new CancelReply(ids.reply()), ask(ids.nextTurn(), words));
      case AgentSpeaking s when mayInterrupt && bargeIn.interrupts(words) -> {
        Transition asked = ask(ids.nextTurn(), joined(s.kept(), words));
        yield after(new ClearPlayback(ids.reply()), after(new CancelReply(ids.reply()), asked));
      }
      case AgentSpeaking s -> {
        String kept = bargeIn.isBackchannel(words) ? s.kept() : joined(s.kept(), words);
        yield Transition.to(new AgentSpeaking(ids, kept, false, s.prompts(), s.thenHangUp()));
      }
    };
  }

  private static Transition onProbablyOver(TurnState state, String words) {
    if (!(state instanceof CallerSpeaking speaking)) {
      return Transition.to(state);
    }
    Ids asked = speaking.ids().nextReply();
    String text = joined(speaking.before(), words);
    return withoutPrepared(
        speaking,
        Transition.to(
            new CallerSpeaking(asked, speaking.before(), text),
            new Prepare(asked.turn(), asked.reply(), text)));
  }

  private static Transition onGoesOn(TurnState state) {
    return state instanceof CallerSpeaking speaking
        ? withoutPrepared(
            speaking, Transition.to(new CallerSpeaking(speaking.ids(), speaking.before())))
        : Transition.to(state);
  }

  private static Transition withoutPrepared(CallerSpeaking speaking, Transition rest) {
    return speaking.prepared().isEmpty() ? rest : after(new Discard(speaking.ids().reply()), rest);
  }

  /// Keys are meant: they interrupt, whatever is being said.
  private static Transition onKeys(TurnState state) {
    Ids ids = state.ids();
    return switch (state) {
      case Idle _, Leaving _, Ended _ -> Transition.to(state);
      case Listening _ -> ask(ids.nextTurn(), "");
      case CallerSpeaking s -> withoutPrepared(s, ask(ids, s.before()));
      case Thinking _ -> after(new CancelReply(ids.reply()), ask(ids.nextTurn(), ""));
      case AgentSpeaking s when s.thenHangUp() -> Transition.to(state);
      case AgentSpeaking s ->
          after(
              new ClearPlayback(ids.reply()),
              after(new CancelReply(ids.reply()), ask(ids.nextTurn(), s.kept())));
    };
  }

  private static Transition onReplyStarted(TurnState state, long reply) {
    return state instanceof Thinking(Ids ids) && ids.reply() == reply
        ? Transition.to(new AgentSpeaking(ids, "", false, 0, false))
        : Transition.to(state);
  }

  private static Transition onReplyOver(TurnState state, long reply) {
    Ids ids = state.ids();
    return switch (state) {
      case Thinking _ when ids.reply() == reply -> listen(ids, 0);
      case Leaving(_, String reason) when ids.reply() == reply ->
          Transition.to(new Ended(ids), new HangUp(reason));
      case AgentSpeaking speaking when ids.reply() == reply && speaking.thenHangUp() ->
          Transition.to(new Ended(ids), new HangUp("agent"));
      case AgentSpeaking speaking when ids.reply() == reply && speaking.talking() ->
          Transition.to(new CallerSpeaking(ids.nextTurn(), speaking.kept()));
      case AgentSpeaking speaking when ids.reply() == reply && !speaking.kept().isEmpty() ->
          ask(ids.nextTurn(), speaking.kept());
      case AgentSpeaking speaking when ids.reply() == reply -> listen(ids, speaking.prompts());
      case Idle _, Listening _, CallerSpeaking _, Thinking _, AgentSpeaking _, Leaving _, Ended _ ->
          Transition.to(state);
    };
  }

  private static Transition onReplyFailed(TurnState state, long reply) {
    Ids ids = state.ids();
    return switch (state) {
      case Thinking _ when ids.reply() == reply -> say(ids, Phrase.APOLOGY, 0, false);
      case AgentSpeaking speaking when ids.reply() == reply && !speaking.thenHangUp() ->
          say(ids, Phrase.APOLOGY, speaking.prompts(), false);
      case Idle _, Listening _, CallerSpeaking _, Thinking _, AgentSpeaking _, Leaving _, Ended _ ->
          onReplyOver(state, reply);
    };
  }

  private static Transition onHangUpAfter(TurnState state, long reply) {
    Ids ids = state.ids();
    if (ids.reply() != reply) {
      return Transition.to(state);
    }
    return switch (state) {
      case AgentSpeaking s ->
          Transition.to(new AgentSpeaking(ids, s.kept(), s.talking(), s.prompts(), true));
      case Listening _, Thinking _ -> Transition.to(new Ended(ids), new HangUp("agent"));
      case Idle _, CallerSpeaking _, Leaving _, Ended _ -> Transition.to(state);
    };
  }

  private Transition onSilence(TurnState state) {
    if (!(state instanceof Listening(Ids ids, int prompts))) {
      return Transition.to(state);
    }
    return prompts < maxPrompts
        ? say(ids, Phrase.PROMPT, prompts + 1, false)
        : say(ids, Phrase.GOODBYE, prompts, true);
  }

  private static Transition farewell(TurnState state, Phrase phrase, String reason) {
    Ids ids = state.ids();
    Ids said = ids.nextReply();
    Transition goodbye = Transition.to(new Leaving(said, reason), new Say(said.reply(), phrase));
    return switch (state) {
      case Thinking _ -> after(new CancelReply(ids.reply()), goodbye);
      case AgentSpeaking _ ->
          after(new ClearPlayback(ids.reply()), after(new CancelReply(ids.reply()), goodbye));
      case CallerSpeaking s -> withoutPrepared(s, goodbye);
      case Idle _, Listening _ -> goodbye;
      case Leaving _, Ended _ -> Transition.to(state);
    };
  }

  private static String joined(String before, String words) {
    return before.isEmpty() ? words : before + " " + words;
  }

  private static Transition listen(Ids ids, int prompts) {
    return Transition.to(new Listening(ids, prompts), new AwaitCaller());
  }

  private static Transition ask(Ids ids, String words) {
    Ids asked = ids.nextReply();
    return Transition.to(new Thinking(asked), new Ask(asked.turn(), asked.reply(), words));
  }

  private static Transition say(Ids ids, Phrase phrase, int prompts, boolean thenHangUp) {
    Ids said = ids.nextReply();
    return Transition.to(
        new AgentSpeaking(said, "", false, prompts, thenHangUp), new Say(said.reply(), phrase));
  }

  private static Transition after(TurnAction first, Transition rest) {
    return new Transition(
        rest.state(),
        java.util.stream.Stream.concat(java.util.stream.Stream.of(first), rest.actions().stream())
            .toList());
  }
}
