package voiceagent.stt.recognize;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import voiceagent.kit.time.ManualTimers;

class TurnAssemblyTest {
  private static final Receipt RECEIPT = new Receipt("request", 1, 2);

  private final ManualTimers timers = new ManualTimers();
  private final List<String> told = new ArrayList<>();
  private final TurnAssembly turns =
      new TurnAssembly(
          timers,
          Duration.ofMillis(1500),
          new TurnAssembly.Output() {
            @Override
            public void event(SpeechEvent event) {
              told.add(text(event));
            }

            @Override
            public void settle() {
              told.add("settle");
            }
          });

  @BeforeEach
  void connected() {
    turns.connected();
  }

  private static String text(SpeechEvent event) {
    return switch (event) {
      case SpeechEvent.Interim(Transcript t) -> "interim " + t.text();
      case SpeechEvent.Final f -> "final " + f.transcript().text();
      case SpeechEvent.EndOfTurn t -> t.trigger() + " " + t.text() + " @" + t.lastWordEnd();
      default -> event.toString();
    };
  }

  /// Words of 1000 samples each, one behind the other.
  private static Transcript words(long start, String text) {
    List<Word> words = new ArrayList<>();
    if (!text.isEmpty()) {
      for (String word : text.split(" ", -1)) {
        long at = start + 1000L * words.size();
        words.add(new Word(word, at, at + 1000, 0.9));
      }
    }
    return new Transcript(text, words, 0.9, start + 1000L * words.size() + 200);
  }

  private void interim(long start, String text) {
    turns.interim(words(start, text), RECEIPT);
  }

  private void settled(long start, String text, boolean pause) {
    turns.settled(words(start, text), pause, false, RECEIPT);
  }

  private void wait(int ms) {
    timers.advance(Duration.ofMillis(ms));
  }

  @Test
  void aTurnIsAllFinalsUpToThePause_C6() {
    interim(0, "I would");
    settled(0, "I would like", false);
    interim(3000, "a table");
    settled(3000, "a table.", true);
    assertThat(told)
        .containsExactly(
            "interim I would",
            "final I would like",
            "interim a table",
            "final a table.",
            "PAUSE I would like a table. @5000");
    assertThat(turns.isIdle()).isTrue();
    assertThat(timers.waiting()).isZero();
  }

  @Test
  void anEmptyPauseEndsWhatIsPendingAndNothingElse_C7() {
    settled(0, "", true);
    settled(0, "Hello", false);
    settled(1500, "", true);
    settled(2000, "", true);
    assertThat(told).containsExactly("final Hello", "PAUSE Hello @1000");
  }

  @Test
  void theGapThatTrailsAPauseIsIgnored_C8() {
    settled(0, "Hello", true);
    told.clear();
    turns.wordGap(1000, RECEIPT);
    assertThat(told).isEmpty();
  }

  @Test
  void aGapEndsATurnOfFinalsAndTakesTheGuessAsSaid() {
    settled(0, "Hello", false);
    interim(1000, "there friend");
    turns.wordGap(1000, RECEIPT);
    assertThat(told).as("a gap before the last word").doesNotContain("WORD_GAP Hello @1000");
    turns.wordGap(3000, RECEIPT);
    assertThat(told).endsWith("final there friend", "WORD_GAP Hello there friend @3000");
  }

  @Test
  void whatWasSaidOnceIsNotSaidAgain() {
    interim(0, "book a table");
    turns.wordGap(3000, RECEIPT);
    told.clear();
    interim(0, "book a table for");
    settled(0, "book a table for two", true);
    settled(3800, "two please", true);
    assertThat(told)
        .containsExactly(
            "interim for",
            "final for two",
            "PAUSE for two @5000",
            "final please",
            "PAUSE please @5800");
  }

  @Test
  void textWithoutWordTimesIsTakenWhole() {
    turns.settled(new Transcript("hello", List.of(), 1, 900), true, false, RECEIPT);
    turns.settled(new Transcript("hello", List.of(), 1, 900), true, false, RECEIPT);
    assertThat(told).containsExactly("final hello", "PAUSE hello @900");
  }

  @Test
  void withoutAnySignTheTurnEndsAfterTheTimerAndAnAnswerToIt_C9() {
    settled(0, "Hello", false);
    wait(1000);
    interim(1000, "there");
    wait(1499);
    assertThat(told).doesNotContain("settle");
    wait(1);
    assertThat(told).endsWith("settle");
    turns.settled(words(1000, "there."), false, true, RECEIPT);
    assertThat(told).endsWith("final there.", "SAFETY_TIMER Hello there. @2000");
    wait(60_000);
    assertThat(told).hasSize(5);
  }

  @Test
  void anAnswerIsNotWaitedForWithoutEnd_C11() {
    interim(0, "Hello");
    wait(1500);
    wait(499);
    assertThat(told).endsWith("settle");
    wait(1);
    assertThat(told).endsWith("final Hello", "SAFETY_TIMER Hello @1000");
  }

  @Test
  void aGuessThatStaysTheSameDoesNotHoldTheTimerBack() {
    for (int i = 0; i < 4; i++) {
      interim(0, "five five five");
      wait(500);
    }
    assertThat(told).contains("settle");
  }

  @Test
  void newWordsCallTheTimersEndOff() {
    interim(0, "Hello");
    wait(1600);
    interim(0, "Hello there");
    wait(600);
    assertThat(told).endsWith("interim Hello there");
    wait(900);
    assertThat(told).endsWith("settle");
  }

  @Test
  void theGatewayEndsATurnWithWhatThereIs() {
    interim(0, "Stop");
    turns.endTurn();
    interim(0, "Stop please");
    turns.settled(words(0, "Stop please."), false, true, RECEIPT);
    assertThat(told).endsWith("final Stop please.", "ASKED Stop please. @2000");
    turns.endTurn();
    wait(500);
    assertThat(told).as("nothing was said").endsWith("ASKED Stop please. @2000", "settle");
    assertThat(turns.isIdle()).isTrue();
  }

  @Test
  void noTurnEndsWhileTheProviderIsGoneUnlessTheGatewayWantsIt_L12() {
    settled(0, "I want", false);
    interim(2000, "to boo");
    turns.disconnected();
    wait(10_000);
    assertThat(told).endsWith("interim to boo");
    turns.connected();
    wait(1000);
    interim(2000, "to book");
    settled(2000, "to book it", true);
    assertThat(told).endsWith("final to book it", "PAUSE I want to book it @5000");

    settled(6000, "Now", false);
    turns.endTurn();
    turns.disconnected();
    wait(500);
    assertThat(told).endsWith("ASKED Now @7000");
  }

  @Test
  void afterAReconnectTheTimerEndsAPendingTurn_L9() {
    settled(0, "Hello", false);
    turns.disconnected();
    turns.connected();
    wait(2000);
    assertThat(told).endsWith("settle", "SAFETY_TIMER Hello @1000");
  }

  @Test
  void nothingHappensAfterTheEnd() {
    interim(0, "Hello");
    turns.close();
    interim(0, "Hello there");
    assertThat(timers.waiting()).isZero();
  }
}
