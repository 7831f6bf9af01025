package voiceagent.sim.event;

/// Something that a simulator saw or did.
///
/// @param nanos when, by `System.nanoTime`
/// @param simulator "deepgram", "groq", "cartesia" or "twilio"
/// @param kind what, one kebab-case word of that simulator, such as "final" or "first-token"
/// @param detail the words, clause or reason that belong to it; may be empty
public record SimulatorEvent(long nanos, String simulator, String kind, String detail) {}
