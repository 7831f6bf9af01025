package voiceagent.gateway.twilio;

import java.util.HashMap;
import java.util.Map;
import voiceagent.gateway.call.CallInfo;

/// How a call's particulars travel: from `POST /calls` in the query of its webhook, from a webhook
/// in the `<Parameter>`s of its stream.
final class CallParameters {
  static final String TOKEN = "token";
  static final String CALLER = "caller";
  static final String CALLEE = "callee";
  static final String AGENT = "agent";

  /// Before the name of a variable.
  static final String VARIABLE = "v.";

  /// Name and value of a `<Parameter>` together must stay under 500 characters. Source: Twilio
  /// docs, "TwiML Voice: <Stream>".
  static final int MAX_PARAMETER = 499;

  private CallParameters() {}

  /// The `<Parameter>`s of a stream; what is empty or too long is left out.
  static Map<String, String> of(CallInfo call, String token) {
    Map<String, String> all = new HashMap<>();
    call.variables().forEach((name, value) -> all.put(VARIABLE + name, value));
    all.putAll(Map.of(TOKEN, token, CALLER, call.from(), CALLEE, call.to(), AGENT, call.agent()));
    all.entrySet()
        .removeIf(p ->
            p.getValue().isEmpty() || p.getKey().length() + p.getValue().length() > MAX_PARAMETER);
    return all;
  }

  /// A call by the `<Parameter>`s that came back.
  static CallInfo call(String callSid, Map<String, String> parameters) {
    return new CallInfo(
        callSid,
        parameters.getOrDefault(CALLER, ""),
        parameters.getOrDefault(CALLEE, ""),
        agent(parameters),
        variables(parameters));
  }

  /// The agent named in parameters or a query, or else the default one.
  static String agent(Map<String, String> given) {
    return given.getOrDefault(AGENT, CallInfo.DEFAULT_AGENT);
  }

  /// The per-call values in parameters or a query.
  static Map<String, String> variables(Map<String, String> given) {
    Map<String, String> variables = new HashMap<>();
    given.forEach((name, value) -> {
      if (name.startsWith(VARIABLE)) {
        variables.put(name.substring(VARIABLE.length()), value);
      }
    });
    return Map.copyOf(variables);
  }
}
