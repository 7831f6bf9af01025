package voiceagent.brain.llm;

import com.fasterxml.jackson.databind.JsonNode;

/// A tool that a model may use.
///
/// @param name 1 to 64 of A-Z a-z 0-9 _ -
/// @param parameters JSON schema of the arguments
public record ToolOffer(String name, String description, JsonNode parameters) {}
