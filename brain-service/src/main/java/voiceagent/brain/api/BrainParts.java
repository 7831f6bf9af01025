package voiceagent.brain.api;

import java.util.Optional;
import voiceagent.brain.extract.Extractor;
import voiceagent.brain.llm.LanguageModel;
import voiceagent.brain.llm.LlmMeters;
import voiceagent.brain.llm.ModelChain;
import voiceagent.brain.llm.ModelOrder;
import voiceagent.brain.llm.ModelWatch;
import voiceagent.brain.llm.TokenBudget;
import voiceagent.brain.tool.HttpTool;
import voiceagent.kit.time.Timers;

/// What all calls of a brain share.
///
/// @param extractor empty: `OUTLINES_ENABLED` is false
public record BrainParts(
    LanguageModel model,
    ModelOrder order,
    ModelWatch watch,
    ModelChain models,
    TokenBudget budget,
    LlmMeters meters,
    CallAgents agents,
    HttpTool http,
    Optional<Extractor> extractor,
    Timers clock) {
  /// Whether the account's limits carry one more call.
  boolean hasRoom() {
    return budget.hasRoom(order.usable(), clock.nanos());
  }

  String provider() {
    return model.provider();
  }
}
