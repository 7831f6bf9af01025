package voiceagent.brain.api;

import voiceagent.brain.llm.TokenUsage;

/// What a reply took.
///
/// @param firstTokenNanos from utterance in to the model's first word in
/// @param stageNanos our own part of the time from utterance in to first clause out
/// @param wastedTokens of speculative replies that were thrown away since the last report
record ReplyReport(
    long reply,
    String model,
    TokenUsage usage,
    long firstTokenNanos,
    long stageNanos,
    String requestId,
    long wastedTokens) {}
