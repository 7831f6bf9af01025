package voiceagent.sim.groq;

import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What the simulated model says when no test tells it: a receptionist who answers by the words of
/// the caller, by the name and company that the system prompt gives, and who remembers the talk.
///
/// The system prompt names itself as `You are NAME, … at COMPANY.`
final class DemoPersona implements Function<ChatRequest, ModelReply> {
  private static final Pattern SELF =
      Pattern.compile("You are ([^,.\\n]+),[^.\\n]*? (?:at|of|for) ([^.\\n]+)");

  private static final String HOURS =
      "Yes, we are. On Mondays to Thursdays we are open from nine in the morning until six in the"
          + " evening. On Fridays we stay open late, until nine in the evening, all through this"
          + " month. On Saturdays you can find us here from ten until four. On Sundays and on public"
          + " holidays we are closed. And if you only want to drop something off, there is a box by"
          + " the front door that you can use at any time.";

  private record Topic(List<String> words, Function<ChatRequest, String> answer) {}

  private final List<Topic> topics =
      List.of(
          topic(DemoPersona::stopped, "stop", "be quiet"),
          topic(
              _ -> "Take your time. I am here when you are ready.",
              "hold on",
              "one moment",
              "wait a"),
          topic(DemoPersona::goodbye, "goodbye", "bye", "thank you so much"),
          topic(
              r -> "You are speaking with " + name(r) + " from " + company(r) + ". How can I help?",
              "who am i",
              "who are you",
              "your name"),
          topic(_ -> HOURS, "open", "hours", "late", "close"),
          topic(
              _ ->
                  "Painting two rooms costs about four hundred and fifty dollars, paint included."
                      + " Shall I book a visit for an exact price?",
              "cost",
              "price",
              "painted",
              "how much"),
          topic(
              _ ->
                  "Thursday the fourteenth at half past three is free, so I have put you down."
                      + " What is your e-mail address?",
              "appointment",
              "thursday",
              "book"),
          topic(DemoPersona::email, "example dot com", " at example", "e-mail", "email"),
          topic(
              _ -> "Thank you, I have your number. We will call you there. Is there anything else?",
              "four one five",
              "five five zero",
              "415",
              "550",
              "my number",
              "phone"),
          topic(
              _ -> "Yes, we have a table for four outside, in the shade. What time suits you?",
              "table",
              "outside"),
          topic(
              _ ->
                  "Your membership can move with you: we have branches in most cities. Which city"
                      + " are you moving to?",
              "membership",
              "moving"),
          topic(_ -> "Great. What else can I do for you?", "yeah", "sure", "okay", "yes"));

  @Override
  public ModelReply apply(ChatRequest request) {
    if (request.json().path("response_format").path("type").asText().equals("json_schema")) {
      return new ModelReply.Text(
          SchemaSample.of(request.json().at("/response_format/json_schema/schema")));
    }
    String said = lastLine(request.lastUser()).toLowerCase(Locale.ROOT);
    return new ModelReply.Text(
        topics.stream()
            .filter(t -> t.words().stream().anyMatch(said::contains))
            .findFirst()
            .map(t -> t.answer().apply(request))
            .orElse(
                "I am sorry, I do not know that, but I can ask a colleague to call you back."
                    + " Is there anything else?"));
  }

  /// Names the last word that the caller heard: an answer that was cut ends in an ellipsis.
  private static String stopped(ChatRequest request) {
    Matcher heard = Pattern.compile("(\\p{L}+)\\W*…$").matcher(request.lastAssistant());
    return heard.find()
        ? "Of course. I stopped at the word %s. What would you like to know instead?"
            .formatted(heard.group(1))
        : "Of course. What would you like to know instead?";
  }

  private static String goodbye(ChatRequest request) {
    boolean booked =
        request.messages().stream()
            .anyMatch(m -> m.role().equals("assistant") && m.content().contains("put you down"));
    return booked
        ? "You are welcome. See you on Thursday the fourteenth. Goodbye!"
        : "You are welcome. Thank you for calling " + company(request) + ". Goodbye!";
  }

  private static String email(ChatRequest request) {
    Matcher name =
        Pattern.compile("(?:it is|this is|i am) (\\p{L}+)")
            .matcher(request.lastUser().toLowerCase(Locale.ROOT));
    return name.find()
        ? "Thank you, %s, I have noted your e-mail address. What is your phone number?"
            .formatted(capital(name.group(1)))
        : "Thank you, I have noted your e-mail address. What is your phone number?";
  }

  private static Topic topic(Function<ChatRequest, String> answer, String... words) {
    return new Topic(List.of(words), answer);
  }

  private static String name(ChatRequest request) {
    Matcher self = SELF.matcher(request.system());
    return self.find() ? self.group(1).strip() : "the assistant";
  }

  private static String company(ChatRequest request) {
    Matcher self = SELF.matcher(request.system());
    return self.find() ? self.group(2).strip() : "our company";
  }

  private static String capital(String word) {
    return word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1);
  }

  private static String lastLine(String text) {
    return text.substring(text.lastIndexOf('\n') + 1);
  }
}
