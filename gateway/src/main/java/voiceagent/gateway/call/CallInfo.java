package voiceagent.gateway.call;

import java.util.Map;
import voiceagent.kit.agent.Agent;

/// Who calls whom.
///
/// @param callSid Twilio's id of the call
/// @param from the caller: a number, a SIP URI or a placeholder; never logged
/// @param to what was called; never logged
/// @param agent id of the agent that answers
/// @param variables per-call values for the agent's texts; never logged
public record CallInfo(
    String callSid, String from, String to, String agent, Map<String, String> variables) {
  /// The agent of calls that name none.
  public static final String DEFAULT_AGENT = Agent.DEFAULT;

  /// Without the numbers, so that it may be logged.
  @Override
  public String toString() {
    return "CallInfo[" + callSid + ", agent " + agent + "]";
  }
}
