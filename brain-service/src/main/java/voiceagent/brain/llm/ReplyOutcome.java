package voiceagent.brain.llm;

/// How a reply ended.
public sealed interface ReplyOutcome {
  /// A model answered.
  ///
  /// @param firstTokenAt nanoseconds of the clock, as [voiceagent.kit.time.Timers#nanos]
  record Answered(String model, TokenUsage usage, long firstTokenAt, String requestId)
      implements ReplyOutcome {}

  /// No model answered, or one broke off after words of it were given on.
  record Failed(ModelFailure failure) implements ReplyOutcome {}
}
