package voiceagent.gateway.playout;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import voiceagent.gateway.playout.HeardLedger.TimedWord;

class HeardLedgerTest {
  private final HeardLedger ledger = new HeardLedger();

  private void twoClauses() {
    ledger.clause(0, "Sure, I can. ", true);
    ledger.clause(1, "What day suits you?", false);
    ledger.audio(0, 0, 8000);
    ledger.audio(1, 8000, 16000);
    ledger.words(
        0,
        List.of(
            new TimedWord("Sure,", 0, 3000),
            new TimedWord("I", 3000, 4000),
            new TimedWord("can.", 4000, 7000)));
    ledger.words(
        1,
        List.of(
            new TimedWord("What", 8000, 9000),
            new TimedWord("day", 9000, 10000),
            new TimedWord("suits", 10000, 12000),
            new TimedWord("you?", 12000, 15000)));
    ledger.whole(0);
    ledger.whole(1);
  }

  @Test
  void aWordCountsFromItsMiddleOn() {
    twoClauses();
    assertThat(ledger.heard(0)).isEmpty();
    assertThat(ledger.heard(1400)).isEmpty();
    assertThat(ledger.heard(1600)).isEqualTo("Sure,");
    assertThat(ledger.heard(7500)).isEqualTo("Sure, I can.");
    assertThat(ledger.heard(11500)).isEqualTo("Sure, I can. What day suits");
    assertThat(ledger.heard(16000)).isEqualTo("Sure, I can. What day suits you?");
  }

  @Test
  void wordsToldTwiceCountOnce() {
    twoClauses();
    ledger.words(1, List.of(new TimedWord("What", 8000, 9000), new TimedWord("day", 9000, 10000)));
    assertThat(ledger.heard(9800)).isEqualTo("Sure, I can. What day");
  }

  @Test
  void withoutWordTimesTheShareOfCharactersDecides() {
    ledger.clause(0, "one two three four", true);
    ledger.audio(0, 0, 8000);
    ledger.whole(0);
    assertThat(ledger.heard(4000)).isEqualTo("one two");
    assertThat(ledger.heard(8000)).isEqualTo("one two three four");
  }

  @Test
  void aClauseWithoutAudioWasNotHeard_L1() {
    twoClauses();
    ledger.clause(2, " Or another?", true);
    assertThat(ledger.heard(99_999)).isEqualTo("Sure, I can. What day suits you?");
    assertThat(ledger.text()).isEqualTo("Sure, I can. What day suits you? Or another?");
  }

  @Test
  void whetherAClauseMayBeInterruptedGoesByWhatIsBeingHeard() {
    twoClauses();
    assertThat(ledger.interruptible(100)).isTrue();
    assertThat(ledger.interruptible(9000)).isFalse();
  }

  @Test
  void wordsWhoseTimesAreNotThereYetAreNotHeard_L37() {
    ledger.clause(0, "Sure, I can help you with that. ", true);
    ledger.audio(0, 0, 16000);
    ledger.words(0, List.of(new TimedWord("Sure,", 0, 3000), new TimedWord("I", 3000, 4000)));
    assertThat(ledger.heard(16000)).isEqualTo("Sure, I");
    ledger.words(0, List.of(new TimedWord("can", 4000, 6000)));
    assertThat(ledger.heard(16000)).isEqualTo("Sure, I can");
  }

  @Test
  void wordsThatAreSpokenOtherwiseThanWrittenAreFoundAgain_L37() {
    ledger.clause(0, "It is $45 at 8:30 PM — on Friday.", true);
    ledger.audio(0, 0, 16000);
    String[] spoken = {"It", "is", "forty", "five", "dollars", "at", "eight", "on", "friday"};
    for (int i = 0; i < spoken.length; i++) {
      ledger.words(0, List.of(new TimedWord(spoken[i], 1000L * i, 1000L * (i + 1))));
    }
    assertThat(ledger.heard(2600)).isEqualTo("It is $45");
    assertThat(ledger.heard(5600)).isEqualTo("It is $45 at");
    assertThat(ledger.heard(7600)).isEqualTo("It is $45 at 8:30 PM — on");
  }

  @Test
  void ofAReplyThatFailedMidwayOnlyWhatWasMadeIsSpoken_L1() {
    twoClauses();
    ledger.clause(2, " Or another day, perhaps, if it is not too late?", true);
    ledger.audio(2, 16000, 20000);
    assertThat(ledger.spoken()).isEqualTo("Sure, I can. What day suits you? Or");
  }

  @Test
  void aSilentClauseCountsWithTheWordsBehindIt() {
    ledger.clause(0, "One. ", true);
    ledger.clause(1, "— ", true);
    ledger.clause(2, "Two.", true);
    ledger.audio(0, 0, 4000);
    ledger.audio(2, 4000, 8000);
    ledger.whole(0);
    ledger.whole(2);
    assertThat(ledger.heard(4000)).isEqualTo("One.");
    assertThat(ledger.heard(8000)).isEqualTo("One. — Two.");
  }
}
