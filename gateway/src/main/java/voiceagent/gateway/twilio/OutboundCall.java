package voiceagent.gateway.twilio;

import java.util.Map;

/// A call that we place.
///
/// @param to E.164 number or SIP URI; never logged
/// @param from E.164 number of the account, or a verified caller id; never logged
/// @param agent id of the agent that speaks
/// @param variables per-call values for the agent's texts
/// @param hangUpOnMachine whether an answering machine ends the call
record OutboundCall(
    String to, String from, String agent, Map<String, String> variables, boolean hangUpOnMachine) {
  /// Without numbers and values, so that it may be logged.
  @Override
  public String toString() {
    return "OutboundCall[agent " + agent + "]";
  }
}
