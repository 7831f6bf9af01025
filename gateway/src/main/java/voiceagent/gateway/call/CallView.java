package voiceagent.gateway.call;

import java.time.Duration;

/// A live call as an operator may see it: no words, no numbers.
///
/// @param state whose turn it is, in lower case with dashes, such as "agent-speaking"
/// @param length since its stream began
/// @param turns of the caller's so far
public record CallView(String callSid, String agent, String state, Duration length, long turns) {}
