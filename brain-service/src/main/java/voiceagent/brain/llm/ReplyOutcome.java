package voiceagent.brain.llm;

import java.util.List;

/// How a reply ended.
public sealed interface ReplyOutcome {
  /// A model answered.
  ///
  /// @param firstTokenAt nanoseconds of the clock, as [voiceagent.kit.time.Timers#nanos]
  /// @param calls of tools that the model wants used; none as a rule
  record Answered(
      String model, TokenUsage usage, long firstTokenAt, String requestId, List<ToolCall> calls)
      implements ReplyOutcome {}

  /// No model answered, or one broke off after words of it were given on.
  record Failed(ModelFailure failure) implements ReplyOutcome {}
}
