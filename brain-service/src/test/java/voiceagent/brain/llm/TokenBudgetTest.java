package voiceagent.brain.llm;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class TokenBudgetTest {
  private static final long MINUTE = Duration.ofMinutes(1).toNanos();

  private final TokenBudget budget = new TokenBudget();
  private long now = -5 * MINUTE; // a clock may begin below zero

  private static RateLimits tokens(long limit, long left) {
    return new RateLimits(
        OptionalLong.of(100),
        Duration.ZERO,
        OptionalLong.of(limit),
        OptionalLong.of(left),
        Duration.ofSeconds(30));
  }

  @Test
  void aModelIsSpentUntilItsTokensAreThereAgain() {
    budget.told("a", tokens(6000, 100), now);
    assertThat(budget.isSpent("a", 600, now)).isTrue();
    assertThat(budget.isSpent("a", 90, now)).isFalse();
    assertThat(budget.isSpent("a", 600, now + MINUTE / 12)).isFalse();
    assertThat(budget.isSpent("b", 600, now)).as("unknown").isFalse();
  }

  @Test
  void aRefusalHoldsAsLongAsTheProviderSaid() {
    budget.refused("a", Duration.ofSeconds(4), now);
    assertThat(budget.isSpent("a", 1, now + MINUTE / 20)).isTrue();
    assertThat(budget.isSpent("a", 1, now + MINUTE / 15 + 1)).isFalse();
    assertThat(budget.hasRoom(List.of("a"), now)).isFalse();
    assertThat(budget.hasRoom(List.of("a", "b"), now)).isTrue();
  }

  @Test
  void aDayWithoutRequestsLeftIsSpent() {
    budget.told(
        "a",
        new RateLimits(
            OptionalLong.of(0),
            Duration.ofMinutes(9),
            OptionalLong.empty(),
            OptionalLong.empty(),
            Duration.ZERO),
        now);
    assertThat(budget.isSpent("a", 1, now + 8 * MINUTE)).isTrue();
    assertThat(budget.isSpent("a", 1, now + 10 * MINUTE)).isFalse();
  }

  @Test
  void callsBeyondTheLimitFindNoRoomBeforeTheyAreAnswered_L20() {
    List<String> models = List.of("a", "b");
    budget.told("a", tokens(6000, 6000), now);
    budget.told("b", tokens(6000, 6000), now);
    // Calls come and stay, each takes 1200 tokens a minute: ten fit into 12000.
    int admitted = 0;
    for (int minute = 0; minute < 60; minute++) {
      budget.began(now);
      if (budget.hasRoom(models, now)) {
        admitted++;
      } else {
        budget.ended(now);
      }
      now += MINUTE;
      budget.spent(1200L * admitted, now);
    }
    assertThat(admitted).isBetween(9, 10);
    assertThat(budget.perCallMinute()).isBetween(1190.0, 1210.0);
  }

  @Test
  void withoutExperienceTheFirstCallsAreTakenByPresumption_L20() {
    budget.told("a", tokens(1000, 1000), now);
    budget.began(now);
    assertThat(budget.hasRoom(List.of("a"), now)).as("one call is always tried").isTrue();
    budget.began(now);
    assertThat(budget.hasRoom(List.of("a"), now)).isFalse();
    assertThat(budget.hasRoom(List.of("a", "unlimited"), now)).isTrue();
  }
}
