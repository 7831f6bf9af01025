package voiceagent.brain.groq;

/// One Server-Sent Event.
///
/// @param name of its `event:` line; empty without one
/// @param data its `data:` lines, joined by line feeds
record SseEvent(String name, String data) {}
