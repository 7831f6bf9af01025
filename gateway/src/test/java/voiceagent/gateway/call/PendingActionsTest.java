package voiceagent.gateway.call;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import voiceagent.gateway.stage.ActionResults;
import voiceagent.gateway.stage.BrainAction;
import voiceagent.kit.time.ManualTimers;

class PendingActionsTest {
  private final List<String> told = new ArrayList<>();
  private final ManualTimers clock = new ManualTimers();
  private final Mailbox mailbox = new Mailbox(() -> {});
  private final PendingActions actions =
      new PendingActions(clock, mailbox, new Told(), tones -> told.add("tones " + tones.length));

  private final class Told implements ActionResults {
    @Override
    public void actionDone(String id, String digits) {
      told.add(id + " done " + digits);
    }

    @Override
    public void actionCancelled(String id) {
      told.add(id + " cancelled");
    }

    @Override
    public void actionTimedOut(String id) {
      told.add(id + " timed out");
    }

    @Override
    public void actionFailed(String id, String detail) {
      told.add(id + " failed");
    }
  }

  private static BrainAction collect(int most) {
    return new BrainAction.CollectDtmf(most, Duration.ofSeconds(5), "#");
  }

  private void pass(Duration time) throws InterruptedException {
    int before = clock.waiting();
    clock.advance(time);
    for (int fired = before - clock.waiting(); fired > 0; fired--) {
      mailbox.take().run();
    }
  }

  @Test
  void digitsAreCollectedUpToTheTerminator() {
    actions.add(1, "a", collect(10));
    assertThat(actions.digit('4')).isTrue();
    actions.heard(1);
    actions.digit('2');
    assertThat(told).isEmpty();
    assertThat(actions.digit('#')).isTrue();
    assertThat(told).containsExactly("a done 42");
    assertThat(actions.digit('1')).isFalse();
  }

  @Test
  void digitsAreCollectedUpToTheirNumber() {
    actions.add(1, "a", collect(3));
    actions.heard(1);
    "123".chars().forEach(c -> actions.digit((char) c));
    assertThat(told).containsExactly("a done 123");
  }

  @Test
  void theTimeoutCountsFromTheQuestionsEndAndFromEachDigit() throws InterruptedException {
    actions.add(1, "a", collect(3));
    pass(Duration.ofSeconds(60));
    assertThat(told).isEmpty();
    actions.heard(1);
    pass(Duration.ofSeconds(4));
    actions.digit('7');
    pass(Duration.ofSeconds(4));
    assertThat(told).isEmpty();
    pass(Duration.ofSeconds(2));
    assertThat(told).containsExactly("a done 7");
  }

  @Test
  void withoutADigitTheCollectionTimesOutOnce() throws InterruptedException {
    actions.add(1, "a", collect(3));
    actions.heard(1);
    pass(Duration.ofSeconds(6));
    assertThat(told).containsExactly("a timed out");
    assertThat(actions.digit('1')).isFalse();
  }

  @Test
  void anInterruptedReplyDoesNothing() {
    actions.add(1, "a", collect(3));
    actions.add(1, "b", new BrainAction.SendDtmf("1"));
    actions.add(1, "c", new BrainAction.HangUp("goodbye"));
    actions.cancelled(1);
    assertThat(told).containsExactlyInAnyOrder("a cancelled", "b cancelled", "c cancelled");
    assertThat(actions.digit('1')).isFalse();
    assertThat(actions.ending(1)).isEmpty();
  }

  @Test
  void tonesAreSentWhenTheReplyWasHeard() {
    actions.add(1, "a", new BrainAction.SendDtmf("12"));
    assertThat(told).isEmpty();
    actions.heard(1);
    actions.heard(1);
    assertThat(told).containsExactly("tones 2560", "a done ");
  }

  @Test
  void anEndingIsTakenOnceAndARepeatedIdNotAtAll_L25() {
    for (int i = 0; i < 337; i++) {
      actions.add(1, "a", new BrainAction.HangUp("goodbye"));
    }
    assertThat(actions.ending(1)).contains(new BrainAction.HangUp("goodbye"));
    assertThat(actions.ending(1)).isEmpty();
    assertThat(told).containsExactly("a done ");
  }

  @Test
  void whatIsNoKeyIsRefusedAndNotNamed() {
    actions.add(1, "a", new BrainAction.SendDtmf("1x"));
    actions.heard(1);
    assertThat(told).containsExactly("a failed");
  }
}
