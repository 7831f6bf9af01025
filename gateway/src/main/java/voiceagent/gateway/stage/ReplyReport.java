package voiceagent.gateway.stage;

/// What a reply of the brain's took.
///
/// @param route "llm", or the route that answered
/// @param model empty for a route
/// @param cachedTokens part of the prompt's
/// @param wastedTokens of speculative attempts that were thrown away
/// @param firstTokenMicros from utterance to the model's first token
/// @param stageMicros the stage's own time
public record ReplyReport(
    String route,
    String model,
    long promptTokens,
    long completionTokens,
    long cachedTokens,
    long wastedTokens,
    long firstTokenMicros,
    long stageMicros) {}
