package voiceagent.gateway.stage;

import java.util.List;

/// Who answers, as the stages need to know.
///
/// @param agent id of the agent
/// @param name what it calls itself
/// @param greeting its first sentence
/// @param language BCP 47
/// @param persona system prompt; empty: the brain's own
/// @param settingsJson tools, routes and extraction, for the brain
/// @param voice the provider's id; empty: the speech stage's preset
/// @param speed of the voice; 0: its own
/// @param pronunciation id of a dictionary at the provider; empty: none
/// @param keyterms words that the recogniser shall expect
public record AgentPersona(
    String agent,
    String name,
    String company,
    String greeting,
    String language,
    String persona,
    String settingsJson,
    String voice,
    double speed,
    String pronunciation,
    List<String> keyterms) {}
