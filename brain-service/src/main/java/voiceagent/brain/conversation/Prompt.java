package voiceagent.brain.conversation;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import voiceagent.brain.llm.ChatMessage;

/// The messages that a model is asked with: a system prompt that stays the same, byte for byte,
/// through a call, so that the provider can cache it, then the conversation as heard.
public final class Prompt {
  private static final Pattern VARIABLE = Pattern.compile("\\{\\{\\s*([A-Za-z0-9_]+)\\s*}}");

  private static final String RULES =
      """
      You are on a live phone call. What you write is spoken to the caller by a voice, word for \
      word, as you write it.
      - Answer in one to three short sentences, the answer itself first. Ask one question at most.
      - Write words only: no markup, no lists, no headings, no emoji, no links. Write numbers, \
      times, prices and abbreviations as they are spoken.
      - The caller's words come from speech recognition, so they may be misheard. When they make \
      no sense, ask.
      - An earlier answer of yours that ends in an ellipsis was cut off there: the caller spoke, \
      and heard no more of it.
      - Do not invent facts. When you do not know, say so and offer that a colleague calls back.
      """;

  private final Persona persona;
  private final Map<String, String> variables;

  /// @param variables values for `{{name}}` in the persona's text
  public Prompt(Persona persona, Map<String, String> variables) {
    this.persona = persona;
    this.variables = Map.copyOf(variables);
  }

  public Persona persona() {
    return persona;
  }

  public Map<String, String> variables() {
    return variables;
  }

  /// System prompt and conversation; the caller's last words come last.
  public List<ChatMessage> messages(Conversation conversation) {
    List<ChatMessage> messages = new ArrayList<>();
    messages.add(new ChatMessage(ChatMessage.Role.SYSTEM, system()));
    messages.addAll(conversation.messages());
    return List.copyOf(messages);
  }

  private String system() {
    String self =
        persona.text().isBlank()
            ? "You are %s, who answers the phone at %s. You are friendly and to the point."
                .formatted(
                    named(persona.name(), "the assistant"), named(persona.company(), "the company"))
            : filled(persona.text().strip());
    return self + "\n\n" + RULES + language();
  }

  private static String named(String name, String otherwise) {
    return name.isBlank() ? otherwise : name.strip();
  }

  private String language() {
    String tag = persona.language();
    if (tag.isBlank() || tag.toLowerCase(Locale.ROOT).startsWith("en")) {
      return "";
    }
    Locale locale = Locale.forLanguageTag(tag);
    return "- Speak " + locale.getDisplayLanguage(Locale.ENGLISH) + ".\n";
  }

  /// A text with its variables filled in; those without a value are left out.
  public String filled(String text) {
    return VARIABLE
        .matcher(text)
        .replaceAll(m -> Matcher.quoteReplacement(variables.getOrDefault(m.group(1), "")));
  }
}
