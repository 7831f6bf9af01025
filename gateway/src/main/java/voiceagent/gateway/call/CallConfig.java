package voiceagent.gateway.call;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import voiceagent.gateway.stage.AgentPersona;
import voiceagent.kit.agent.Agent;
import voiceagent.kit.agent.Agents;
import voiceagent.kit.agent.Policies;
import voiceagent.kit.config.Settings;

/// What every call of this gateway is told.
///
/// @param agent who answers
/// @param variables values for `{{name}}` in the agent's texts
/// @param minInterruptionWords `MIN_INTERRUPTION_WORDS`
/// @param interruptionHold `INTERRUPTION_HOLD`: the agent pauses at the caller's first sound
/// @param idlePrompt `IDLE_PROMPT_MS`: silence after which a caller is asked
/// @param idlePromptMax `IDLE_PROMPT_MAX`: how often, before the goodbye
/// @param maxCall `MAX_CALL_SECONDS`
/// @param maxCalls `MAX_CALLS`
public record CallConfig(
    AgentPersona agent,
    Map<String, String> variables,
    int minInterruptionWords,
    boolean interruptionHold,
    Duration idlePrompt,
    int idlePromptMax,
    Duration maxCall,
    int maxCalls) {
  private static final AgentPersona NOBODY =
      new AgentPersona("", "", "", "", "", "", "", "", 0, "", List.of());

  /// Without an agent: see [#of].
  public static CallConfig from(Settings settings) {
    return new CallConfig(
        NOBODY,
        Map.of(),
        settings.integer("MIN_INTERRUPTION_WORDS", 1, 5),
        settings.flag("INTERRUPTION_HOLD"),
        settings.millis("IDLE_PROMPT_MS", 1000, 600_000),
        settings.integer("IDLE_PROMPT_MAX", 0, 10),
        settings.seconds("MAX_CALL_SECONDS", 10, 86_400),
        settings.integer("MAX_CALLS", 1, 100_000));
  }

  /// The same for a call that this agent answers: what it says itself stands over the settings.
  ///
  /// @param given the call's own variables
  CallConfig of(Agent its, Map<String, String> given) {
    Map<String, String> all = new HashMap<>(its.variables());
    all.putAll(given);
    AgentPersona persona =
        new AgentPersona(
            its.id(),
            its.name(),
            its.company(),
            Agents.filled(its.greeting(), all),
            its.language(),
            its.persona(),
            its.brain().json(),
            its.voice().id(),
            its.voice().speed(),
            its.voice().pronunciation(),
            its.keyterms());
    Policies policies = its.policies();
    return new CallConfig(
        persona,
        Map.copyOf(all),
        policies.minInterruptionWords().orElse(minInterruptionWords),
        policies.interruptionHold().orElse(interruptionHold),
        policies.idlePrompt().orElse(idlePrompt),
        policies.idlePromptMax().orElse(idlePromptMax),
        policies.maxCall().orElse(maxCall),
        maxCalls);
  }
}
