package voiceagent.gateway.clip;

import voiceagent.kit.agent.Agent;

/// How a clip is to sound. Empty and 0 mean the speech stage's preset.
///
/// @param id the provider's id of the voice
/// @param language BCP 47
/// @param pronunciation id of a dictionary at the provider
public record ClipVoice(String id, String language, double speed, String pronunciation) {
  public static ClipVoice of(Agent agent) {
    return new ClipVoice(
        agent.voice().id(), agent.language(), agent.voice().speed(), agent.voice().pronunciation());
  }
}
