package voiceagent.gateway.turn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import voiceagent.gateway.turn.TurnAction.Ask;
import voiceagent.gateway.turn.TurnAction.AwaitCaller;
import voiceagent.gateway.turn.TurnAction.CancelReply;
import voiceagent.gateway.turn.TurnAction.ClearPlayback;
import voiceagent.gateway.turn.TurnAction.Discard;
import voiceagent.gateway.turn.TurnAction.HangUp;
import voiceagent.gateway.turn.TurnAction.Phrase;
import voiceagent.gateway.turn.TurnAction.Prepare;
import voiceagent.gateway.turn.TurnAction.Say;
import voiceagent.gateway.turn.TurnEvent.EndOfTurn;
import voiceagent.gateway.turn.TurnEvent.GoesOn;
import voiceagent.gateway.turn.TurnEvent.HangUpAfter;
import voiceagent.gateway.turn.TurnEvent.ProbablyOver;
import voiceagent.gateway.turn.TurnEvent.ReplyFailed;
import voiceagent.gateway.turn.TurnEvent.ReplyHeard;
import voiceagent.gateway.turn.TurnEvent.ReplyStarted;
import voiceagent.gateway.turn.TurnEvent.Silence;
import voiceagent.gateway.turn.TurnEvent.StageGone;
import voiceagent.gateway.turn.TurnEvent.Started;
import voiceagent.gateway.turn.TurnEvent.Stopped;
import voiceagent.gateway.turn.TurnEvent.TimeLimit;
import voiceagent.gateway.turn.TurnEvent.Words;
import voiceagent.gateway.turn.TurnState.AgentSpeaking;
import voiceagent.gateway.turn.TurnState.CallerSpeaking;
import voiceagent.gateway.turn.TurnState.Ended;
import voiceagent.gateway.turn.TurnState.Ids;
import voiceagent.gateway.turn.TurnState.Listening;
import voiceagent.gateway.turn.TurnState.Thinking;

class TurnMachineTest {
  private static final Ids IDS = new Ids(3, 7);
  private static final TurnState REPLYING = new AgentSpeaking(IDS, "", false, 0, false);

  private final TurnMachine turns = new TurnMachine(BargeIn.of(2, "en-US"), 2);

  @Test
  void theGreetingIsTheFirstReply() {
    assertThat(turns.next(TurnMachine.start(), new Started(false)))
        .isEqualTo(
            Transition.to(
                new AgentSpeaking(new Ids(0, 1), "", false, 0, false),
                new Say(1, Phrase.GREETING)));
  }

  @Test
  void aTurnThatIsProbablyOverIsAnsweredAheadAndAskedWithTheSameNumber() {
    Transition ahead = turns.next(new CallerSpeaking(IDS, "no"), new ProbablyOver("i do not"));
    assertThat(ahead)
        .isEqualTo(
            Transition.to(
                new CallerSpeaking(new Ids(3, 8), "no", "no i do not"),
                new Prepare(3, 8, "no i do not")));
    assertThat(turns.next(ahead.state(), new EndOfTurn("i do not", true)))
        .isEqualTo(Transition.to(new Thinking(new Ids(3, 8)), new Ask(3, 8, "no i do not")));
  }

  @Test
  void whatWasAnsweredAheadIsThrownAwayIfTheTurnGoesOnOrEndsOtherwise() {
    TurnState ahead = new CallerSpeaking(IDS, "", "when are you");
    assertThat(turns.next(ahead, new GoesOn()))
        .isEqualTo(Transition.to(new CallerSpeaking(IDS, ""), new Discard(7)));
    assertThat(turns.next(ahead, new EndOfTurn("when are you open", true)))
        .isEqualTo(
            Transition.to(
                new Thinking(new Ids(3, 8)), new Discard(7), new Ask(3, 8, "when are you open")));
    assertThat(turns.next(ahead, new TurnEvent.KeysPressed()).actions())
        .containsExactly(new Discard(7), new Ask(3, 8, ""));
    assertThat(turns.next(ahead, new TimeLimit()).actions())
        .containsExactly(new Discard(7), new Say(8, Phrase.TIME_LIMIT));
    assertThat(turns.next(new Listening(IDS, 0), new GoesOn()).actions()).isEmpty();
  }

  @Test
  void aResumedCallIsNotGreetedAgain() {
    assertThat(turns.next(TurnMachine.resume(3, 7), new Started(true)).actions())
        .containsExactly(new Say(8, Phrase.RESUMED));
  }

  @Test
  void oneWordOverTheAgentIsNotABargeIn() {
    assertThat(turns.next(REPLYING, words("okay"))).isEqualTo(Transition.to(REPLYING));
  }

  @Test
  void twoBackchannelsOverTheAgentAreNotABargeIn() {
    assertThat(turns.next(REPLYING, words("uh huh"))).isEqualTo(Transition.to(REPLYING));
    assertThat(turns.next(REPLYING, new EndOfTurn("Yeah, okay.", true)))
        .isEqualTo(Transition.to(REPLYING));
  }

  @Test
  void twoWordsOverTheAgentStopItInTheOrderOfTheDesign() {
    assertThat(turns.next(REPLYING, words("stop please")))
        .isEqualTo(
            Transition.to(
                new CallerSpeaking(new Ids(4, 7), ""), new ClearPlayback(7), new CancelReply(7)));
  }

  @Test
  void oneClearPerInterruption() {
    TurnState interrupted = turns.next(REPLYING, words("stop please")).state();
    assertThat(turns.next(interrupted, words("stop please now")).actions()).isEmpty();
  }

  @Test
  void theWordsThatInterruptedOpenTheNextTurn() {
    TurnState interrupted = turns.next(REPLYING, words("stop please")).state();
    assertThat(turns.next(interrupted, new EndOfTurn("stop please now", true)).actions())
        .containsExactly(new Ask(4, 8, "stop please now"));
  }

  @Test
  void oneWordThatIsNoBackchannelIsKeptAndAnsweredWhenTheAgentIsDone() {
    TurnState kept = turns.next(REPLYING, words("no")).state();
    kept = turns.next(kept, new EndOfTurn("no", true)).state();
    assertThat(turns.next(kept, new ReplyHeard(7)).actions()).containsExactly(new Ask(4, 8, "no"));
  }

  @Test
  void keptWordsAndWhatInterruptsLaterAreOneTurn() {
    TurnState kept = turns.next(REPLYING, new EndOfTurn("no", true)).state();
    TurnState interrupted = turns.next(kept, words("the other one")).state();
    assertThat(turns.next(interrupted, new EndOfTurn("the other one", true)).actions())
        .containsExactly(new Ask(4, 8, "no the other one"));
  }

  @Test
  void aClauseThatMustBeHeardIsNotInterrupted() {
    Transition transition = turns.next(REPLYING, new Words("stop it now", false));
    assertThat(transition.actions()).isEmpty();
    assertThat(transition.state()).isInstanceOf(AgentSpeaking.class);
  }

  @Test
  void keysAreATurnAndInterruptWhateverIsSaid() {
    assertThat(turns.next(new Listening(IDS, 0), new TurnEvent.KeysPressed()).actions())
        .containsExactly(new Ask(4, 8, ""));
    assertThat(turns.next(new CallerSpeaking(IDS, "and"), new TurnEvent.KeysPressed()).actions())
        .containsExactly(new Ask(3, 8, "and"));
    assertThat(turns.next(new Thinking(IDS), new TurnEvent.KeysPressed()).actions())
        .containsExactly(new CancelReply(7), new Ask(4, 8, ""));
    assertThat(turns.next(REPLYING, new TurnEvent.KeysPressed()).actions())
        .containsExactly(new ClearPlayback(7), new CancelReply(7), new Ask(4, 8, ""));
    TurnState goodbye = new AgentSpeaking(IDS, "", false, 0, true);
    assertThat(turns.next(goodbye, new TurnEvent.KeysPressed()).state()).isEqualTo(goodbye);
  }

  @Test
  void moreWordsWhileThinkingTakeTheQuestionBack() {
    assertThat(turns.next(new Thinking(IDS), words("and also")))
        .isEqualTo(Transition.to(new CallerSpeaking(new Ids(4, 7), ""), new CancelReply(7)));
  }

  @Test
  void aReplyThatWasCancelledCannotStart() {
    TurnState listening = new Listening(IDS, 0);
    assertThat(turns.next(listening, new ReplyStarted(7))).isEqualTo(Transition.to(listening));
    assertThat(turns.next(new Thinking(IDS), new ReplyStarted(6)).state())
        .isInstanceOf(Thinking.class);
  }

  @Test
  void aReplyThatFailsIsApologisedFor() {
    assertThat(turns.next(new Thinking(IDS), new ReplyFailed(7)).actions())
        .containsExactly(new Say(8, Phrase.APOLOGY));
  }

  @Test
  void aSilentCallerIsAskedTwiceThenTheCallEnds() {
    TurnState state = new Listening(IDS, 0);
    List<TurnAction> all = new ArrayList<>();
    for (long reply = 8; reply <= 10; reply++) {
      Transition asked = turns.next(state, new Silence());
      all.addAll(asked.actions());
      Transition heard = turns.next(asked.state(), new ReplyHeard(reply));
      all.addAll(heard.actions());
      state = heard.state();
    }
    assertThat(all)
        .containsExactly(
            new Say(8, Phrase.PROMPT),
            new AwaitCaller(),
            new Say(9, Phrase.PROMPT),
            new AwaitCaller(),
            new Say(10, Phrase.GOODBYE),
            new HangUp("agent"));
    assertThat(state).isInstanceOf(Ended.class);
  }

  @Test
  void aHangUpWaitsForTheReplyToBeHeardL3() {
    TurnState leaving = turns.next(REPLYING, new HangUpAfter(7)).state();
    assertThat(turns.next(leaving, new ReplyHeard(7)).actions())
        .containsExactly(new HangUp("agent"));
  }

  @Test
  void theTimeLimitEndsTheCallFromAnyState() {
    assertThat(turns.next(REPLYING, new TimeLimit()).actions())
        .containsExactly(new ClearPlayback(7), new CancelReply(7), new Say(8, Phrase.TIME_LIMIT));
    assertThat(turns.next(new Listening(IDS, 0), new TimeLimit()).actions())
        .containsExactly(new Say(8, Phrase.TIME_LIMIT));
  }

  @Test
  void theLastWordsAreNotStoppedAndTheCallEndsWhenTheyWereHeard() {
    TurnState leaving = turns.next(REPLYING, new TimeLimit()).state();
    assertThat(turns.next(leaving, words("but wait a moment"))).isEqualTo(Transition.to(leaving));
    assertThat(turns.next(leaving, new EndOfTurn("but wait a moment", true)).actions()).isEmpty();
    assertThat(turns.next(leaving, new StageGone()).actions()).isEmpty();
    assertThat(turns.next(leaving, new ReplyHeard(8)).actions())
        .containsExactly(new HangUp("time-limit"));
    assertThat(turns.next(leaving, new ReplyFailed(8)).actions())
        .containsExactly(new HangUp("time-limit"));
  }

  @Test
  void whateverHappensInvariantsHold() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int run = 0; run < 500; run++) {
      TurnState state = TurnMachine.start();
      long lastReply = 0;
      for (int step = 0; step < 60; step++) {
        TurnEvent event = anyEvent(random, state.ids().reply());
        Transition next = turns.next(state, event);
        String where = "seed " + seed + " run " + run + " step " + step + " " + event;
        Ids ids = next.state().ids();
        assertThat(ids.reply()).as(where).isGreaterThanOrEqualTo(lastReply);
        assertThat(ids.turn()).as(where).isGreaterThanOrEqualTo(state.ids().turn());
        for (TurnAction action : next.actions()) {
          if (action instanceof ClearPlayback) {
            assertThat(state).as(where).isInstanceOf(AgentSpeaking.class);
          }
          if (action instanceof Ask(long turn, long reply, String text)) {
            long prepared =
                state instanceof CallerSpeaking s && s.prepared().equals(text) ? lastReply : 0;
            assertThat(reply).as(where).isIn(lastReply + 1, prepared);
            assertThat(text).as(where).isNotBlank();
          }
        }
        if (state instanceof Ended) {
          assertThat(next.actions()).as(where).isEmpty();
        }
        lastReply = ids.reply();
        state = next.state();
      }
    }
  }

  private static TurnEvent anyEvent(Random random, long reply) {
    long about = Math.max(0, reply - random.nextInt(3) / 2);
    String text = random.nextBoolean() ? "one two" : random.nextBoolean() ? "no" : "uh huh";
    return switch (random.nextInt(28)) {
      case 24, 25, 26 -> new ProbablyOver(text);
      case 27 -> new GoesOn();
      case 0, 1 -> new Started(random.nextBoolean());
      case 2, 3, 4, 5, 6 -> new Words(text, random.nextInt(5) > 0);
      case 7, 8, 9, 10, 11 -> new EndOfTurn(text, random.nextInt(5) > 0);
      case 12, 13, 14 -> new ReplyStarted(about);
      case 15, 16, 17 -> new ReplyHeard(about);
      case 18, 19 -> new ReplyFailed(about);
      case 20, 21 -> new Silence();
      case 22 -> random.nextInt(4) == 0 ? new StageGone() : new HangUpAfter(about);
      default -> random.nextInt(4) == 0 ? new Stopped() : new Silence();
    };
  }

  private static Words words(String text) {
    return new Words(text, true);
  }
}
