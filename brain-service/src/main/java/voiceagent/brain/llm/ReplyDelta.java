package voiceagent.brain.llm;

import java.util.List;

/// What a model tells within one answer: `Text` any number of times, then `Calls` where it wants
/// tools used, then `Finished`.
public sealed interface ReplyDelta {
  /// The next words, or pieces of them; never empty.
  record Text(String text) implements ReplyDelta {}

  /// The model wants these tools used; one at least.
  record Calls(List<ToolCall> calls) implements ReplyDelta {}

  /// The answer is complete.
  ///
  /// @param reason the provider's word: "stop", "length", …
  record Finished(String reason, TokenUsage usage) implements ReplyDelta {}
}
