package voiceagent.gateway.stage;

/// Who answers, as the stages need to know.
///
/// @param agent id of the agent
/// @param name what it calls itself
/// @param greeting its first sentence
/// @param language BCP 47
public record AgentPersona(
    String agent, String name, String company, String greeting, String language) {}
