package voiceagent.brain.llm;

import java.util.List;

/// What a model is asked with.
///
/// @param tools may be none
public record ModelRequest(List<ChatMessage> messages, List<ToolOffer> tools) {
  public ModelRequest(List<ChatMessage> messages) {
    this(messages, List.of());
  }

  /// The same without tools: the answer is words.
  ModelRequest withoutTools() {
    return new ModelRequest(messages);
  }

  ModelRequest with(List<ChatMessage> others) {
    return new ModelRequest(others, tools);
  }

  /// Tokens of it, by estimate.
  public int tokens() {
    return messages.stream().mapToInt(ChatMessage::tokens).sum()
        + tools.stream().mapToInt(t -> ChatMessage.tokens(t.description() + t.parameters())).sum();
  }
}
