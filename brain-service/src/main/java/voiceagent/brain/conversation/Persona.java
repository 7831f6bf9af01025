package voiceagent.brain.conversation;

/// Who the agent is in a call.
///
/// @param name what it calls itself
/// @param company for whom it answers
/// @param language BCP 47; empty counts as English
/// @param text its own system prompt; empty: the brain's
public record Persona(String name, String company, String language, String text) {}
