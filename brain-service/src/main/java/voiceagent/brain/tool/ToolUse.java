package voiceagent.brain.tool;

import com.fasterxml.jackson.databind.JsonNode;
import voiceagent.kit.agent.ToolSpec;

/// What a model's call of a tool comes to.
public sealed interface ToolUse {
  /// The gateway does it, and the reply ends with it.
  ///
  /// @param say what the caller is told where the model wrote nothing; may be empty
  record Act(CallAction action, String say) implements ToolUse {}

  /// A server is asked, and the model goes on with what it answers.
  record Ask(ToolSpec.Http tool, JsonNode arguments) implements ToolUse {}

  /// It cannot be done.
  ///
  /// @param problem for the model
  record Wrong(String problem) implements ToolUse {}
}
