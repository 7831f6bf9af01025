package voiceagent.brain.llm;

/// One message of a prompt.
///
/// @param content never empty
public record ChatMessage(Role role, String content) {
  /// Who speaks.
  public enum Role {
    SYSTEM,
    USER,
    ASSISTANT
  }

  /// A guess at the tokens it takes: four characters each, and four for the message.
  public int tokens() {
    return tokens(content);
  }

  /// As [#tokens], of a text.
  public static int tokens(String content) {
    return content.length() / 4 + 4;
  }
}
