package voiceagent.stt.recognize;

/// Where a result comes from, and when what it is made of came in. Times by `System.nanoTime`.
///
/// @param requestId the provider's id of the connection that heard it
/// @param audioNanos when the last of its audio reached the stage
/// @param messageNanos when the provider's message reached the stage
public record Receipt(String requestId, long audioNanos, long messageNanos) {}
