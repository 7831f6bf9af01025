package voiceagent.brain.llm;

import java.time.Duration;
import java.util.OptionalLong;

/// What an answer said about the account's limits; empty where it said nothing.
///
/// @param requestsLeft of this day
/// @param requestsReset until the day's requests are all there again
/// @param tokensLimit a minute
/// @param tokensLeft of this minute
/// @param tokensReset until the minute's tokens are all there again
public record RateLimits(
    OptionalLong requestsLeft,
    Duration requestsReset,
    OptionalLong tokensLimit,
    OptionalLong tokensLeft,
    Duration tokensReset) {}
