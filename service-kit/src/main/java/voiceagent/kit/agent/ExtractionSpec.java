package voiceagent.kit.agent;

import com.fasterxml.jackson.databind.JsonNode;

/// What shall be taken out of a conversation as a document.
///
/// @param name of the document
/// @param during after each turn too, not only after the call
/// @param instructions for the model; may be empty
/// @param schema JSON schema of the document
public record ExtractionSpec(String name, boolean during, String instructions, JsonNode schema) {}
