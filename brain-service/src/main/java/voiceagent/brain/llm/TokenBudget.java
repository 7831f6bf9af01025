package voiceagent.brain.llm;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;

/// The account's limits, shared by all calls (L20): which model has nothing left, and whether there
/// is room for one more call. Known from the provider's headers; a provider that sends none has no
/// limit. Any thread; time is given, so that a test moves it by hand.
public final class TokenBudget {
  /// Before there is experience: six turns a minute of 250 tokens.
  private static final double PRESUMED_TOKENS_PER_CALL_MINUTE = 1500;

  private static final double PRESUMED_CALL_MINUTES = 2;

  /// After so long an experience counts half.
  private static final double HALF_LIFE_MINUTES = 10;

  private static final Duration UNTOLD_WAIT = Duration.ofSeconds(1);

  private static final double NANOS_PER_MINUTE = 60e9;

  private final Map<String, Account> accounts = new HashMap<>();
  private double tokens = PRESUMED_TOKENS_PER_CALL_MINUTE * PRESUMED_CALL_MINUTES;
  private double callMinutes = PRESUMED_CALL_MINUTES;
  private int calls;
  private long at;
  private boolean begun;

  private static final class Account {
    OptionalLong limit = OptionalLong.empty();
    double left;
    long at;
    long blockedUntil;

    Account(long now) {
      blockedUntil = now;
    }

    boolean isBlocked(long now) {
      return blockedUntil - now > 0;
    }
  }

  /// What an answer of a model said.
  public synchronized void told(String model, RateLimits limits, long now) {
    Account account = accounts.computeIfAbsent(model, _ -> new Account(now));
    if (limits.tokensLimit().isPresent() && limits.tokensLeft().isPresent()) {
      account.limit = limits.tokensLimit();
      account.left = limits.tokensLeft().getAsLong();
      account.at = now;
    }
    if (limits.requestsLeft().isPresent() && limits.requestsLeft().getAsLong() <= 0) {
      account.blockedUntil = now + limits.requestsReset().toNanos();
    }
  }

  /// A model refused for its limit.
  ///
  /// @param retryAfter zero where the provider did not say
  public synchronized void refused(String model, Duration retryAfter, long now) {
    Account account = accounts.computeIfAbsent(model, _ -> new Account(now));
    Duration wait = retryAfter.isZero() ? UNTOLD_WAIT : retryAfter;
    account.blockedUntil = now + wait.toNanos();
  }

  /// Whether a model would refuse a prompt of so many tokens, as far as is known.
  public synchronized boolean isSpent(String model, int prompt, long now) {
    Account account = accounts.get(model);
    return account != null
        && (account.isBlocked(now) || (account.limit.isPresent() && left(account, now) < prompt));
  }

  /// A call begins; [#ended] when it is over.
  public synchronized void began(long now) {
    pass(now);
    calls++;
  }

  public synchronized void ended(long now) {
    pass(now);
    calls--;
  }

  /// Tokens that a request took.
  public synchronized void spent(long used, long now) {
    pass(now);
    tokens += used;
  }

  /// Whether the models' limits carry the calls that have begun, by what calls took so far: the
  /// last of them asks this before it is answered.
  public synchronized boolean hasRoom(Collection<String> models, long now) {
    pass(now);
    double limit = 0;
    for (String model : models) {
      Account account = accounts.get(model);
      if (account == null || (account.limit.isEmpty() && !account.isBlocked(now))) {
        return true;
      }
      limit += account.isBlocked(now) ? 0.0 : (double) account.limit.orElse(0);
    }
    return calls <= 1 ? limit > 0 : calls * perCallMinute() <= limit;
  }

  /// Tokens that a call takes in a minute, by experience.
  public synchronized double perCallMinute() {
    return tokens / callMinutes;
  }

  private static double left(Account account, long now) {
    double limit = (double) account.limit.orElse(0);
    double minutes = (now - account.at) / NANOS_PER_MINUTE;
    return Math.min(limit, account.left + limit * minutes);
  }

  private void pass(long now) {
    double minutes = begun ? Math.max(0.0, (double) (now - at)) / NANOS_PER_MINUTE : 0;
    at = now;
    begun = true;
    if (calls > 0) {
      double kept = Math.pow(0.5, minutes / HALF_LIFE_MINUTES);
      tokens *= kept;
      callMinutes = callMinutes * kept + calls * minutes;
    }
  }
}
