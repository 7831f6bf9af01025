package voiceagent.brain.api;

import java.util.List;
import java.util.Map;
import voiceagent.brain.llm.ChatMessage;
import voiceagent.brain.route.CallRouter;
import voiceagent.brain.tool.Toolbox;
import voiceagent.kit.agent.Agents;

/// What one reply shall answer.
///
/// @param text the caller's words; empty where keys or a tool's result are to be answered
/// @param speculative the turn may go on: nothing is done before its commit
/// @param prompt the conversation, with the text
/// @param variables values for `{{name}}` in the agent's texts
/// @param language BCP 47; empty counts as English
/// @param askedAt when it came, by the clock
record Question(
    String call,
    long reply,
    String text,
    boolean speculative,
    List<ChatMessage> prompt,
    Toolbox tools,
    CallRouter router,
    Map<String, String> variables,
    String language,
    long askedAt) {
  /// A text of the agent's with its variables filled in.
  String filled(String template) {
    return Agents.filled(template, variables);
  }
}
