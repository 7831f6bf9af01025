package voiceagent.brain.llm;

import java.util.List;

/// One message of a prompt.
///
/// @param content empty only where the message calls tools
/// @param calls of an assistant's message
/// @param callId of a tool's message: the call that it answers; empty otherwise
public record ChatMessage(Role role, String content, List<ToolCall> calls, String callId) {
  /// Who speaks.
  public enum Role {
    SYSTEM,
    USER,
    ASSISTANT,
    TOOL
  }

  public ChatMessage(Role role, String content) {
    this(role, content, List.of(), "");
  }

  /// The assistant wants tools used.
  public static ChatMessage calling(ToolCall call) {
    return new ChatMessage(Role.ASSISTANT, "", List.of(call), "");
  }

  /// What a tool answered; follows the message that called it.
  public static ChatMessage result(String callId, String content) {
    return new ChatMessage(Role.TOOL, content, List.of(), callId);
  }

  /// Words and nothing else, which may be joined with a neighbour's.
  public boolean isPlain() {
    return calls.isEmpty() && role != Role.TOOL;
  }

  /// A guess at the tokens it takes: four characters each, and four for the message.
  public int tokens() {
    return tokens(content) + calls.stream().mapToInt(c -> tokens(c.arguments())).sum();
  }

  /// As [#tokens], of a text.
  public static int tokens(String content) {
    return content.length() / 4 + 4;
  }
}
