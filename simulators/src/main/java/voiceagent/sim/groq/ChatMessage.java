package voiceagent.sim.groq;

/// A message of a prompt, as it came.
///
/// @param role system, user, assistant or tool
/// @param content the text; empty where an assistant's message only calls tools
public record ChatMessage(String role, String content) {}
