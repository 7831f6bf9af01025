package voiceagent.gateway.call;

import java.time.Duration;
import voiceagent.gateway.stage.AgentPersona;
import voiceagent.kit.config.Settings;

/// What every call of this gateway is told.
///
/// @param agent who answers
/// @param minInterruptionWords `MIN_INTERRUPTION_WORDS`
/// @param interruptionHold `INTERRUPTION_HOLD`: the agent pauses at the caller's first sound
/// @param idlePrompt `IDLE_PROMPT_MS`: silence after which a caller is asked
/// @param idlePromptMax `IDLE_PROMPT_MAX`: how often, before the goodbye
/// @param maxCall `MAX_CALL_SECONDS`
/// @param maxCalls `MAX_CALLS`
public record CallConfig(
    AgentPersona agent,
    int minInterruptionWords,
    boolean interruptionHold,
    Duration idlePrompt,
    int idlePromptMax,
    Duration maxCall,
    int maxCalls) {
  public static CallConfig from(Settings settings) {
    String name = settings.text("AGENT_NAME");
    String company = settings.text("COMPANY_NAME");
    String greeting =
        settings
            .optional("GREETING")
            .orElse("Hello, this is " + name + " from " + company + ". How can I help you?");
    return new CallConfig(
        new AgentPersona(CallInfo.DEFAULT_AGENT, name, company, greeting, "en"),
        settings.integer("MIN_INTERRUPTION_WORDS", 1, 5),
        settings.flag("INTERRUPTION_HOLD"),
        settings.millis("IDLE_PROMPT_MS", 1000, 600_000),
        settings.integer("IDLE_PROMPT_MAX", 0, 10),
        settings.seconds("MAX_CALL_SECONDS", 10, 86_400),
        settings.integer("MAX_CALLS", 1, 100_000));
  }
}
