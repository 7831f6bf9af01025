package voiceagent.brain.api;

import java.util.Map;
import java.util.Optional;
import voiceagent.brain.conversation.Prompt;
import voiceagent.brain.route.CallRouter;
import voiceagent.brain.tool.Toolbox;
import voiceagent.kit.agent.ExtractionSpec;
import voiceagent.v1.AgentPart;

/// The agent of one call: its prompt, tools, routes and extraction.
///
/// @param part as the gateway sent it
record CallAgent(
    AgentPart part,
    Prompt prompt,
    Toolbox tools,
    CallRouter router,
    Optional<ExtractionSpec> extraction) {
  Map<String, String> variables() {
    return prompt.variables();
  }
}
