package voiceagent.brain.conversation;

import java.util.ArrayList;
import java.util.List;
import voiceagent.brain.llm.ChatMessage;

/// What was said in a call, as the caller heard it (L1). Bounded: the oldest turns are forgotten. A
/// message that comes twice, because a replica was replaced, counts once. One thread at a time.
public final class Conversation {
  /// Tokens of all turns together, by estimate.
  static final int MAX_TOKENS = 6000;

  /// Forgetting goes down to this, so that the prompt's beginning does not change with each turn:
  /// providers cache it.
  private static final int KEPT_TOKENS = MAX_TOKENS * 3 / 4;

  /// Characters of one turn; the end of a longer one is kept.
  static final int MAX_TURN_CHARS = 8000;

  private static final String CUT_OFF = "…";

  private final List<Turn> turns = new ArrayList<>();

  public Conversation() {}

  Conversation(List<Turn> turns) {
    turns.forEach(this::add);
  }

  List<Turn> turns() {
    return List.copyOf(turns);
  }

  /// The caller asks for a reply.
  public void asked(long turn, long reply, String text, boolean speculative) {
    String words = bounded(text);
    if (knows(Turn.Caller.class, reply, words) && isAnswered(reply)) {
      return;
    }
    turns.removeIf(t ->
        t instanceof Turn.Caller caller
            && (isSame(caller, reply, words) || (caller.speculative() && caller.turn() == turn)));
    add(new Turn.Caller(turn, reply, words, speculative));
  }

  /// The turn that asked for this reply was over indeed.
  public void committed(long reply) {
    turns.replaceAll(t ->
        t instanceof Turn.Caller caller && caller.reply() == reply
            ? new Turn.Caller(caller.turn(), reply, caller.text(), false)
            : t);
  }

  /// What was heard of something the agent said; nothing, perhaps.
  public void heard(long reply, String text, boolean complete) {
    String words = bounded(text);
    if (!words.isEmpty() && !knows(Turn.Agent.class, reply, words)) {
      add(new Turn.Agent(reply, words, complete));
    }
  }

  /// The conversation as a model takes it: no message empty, neighbours of one speaker joined.
  public List<ChatMessage> messages() {
    List<ChatMessage> messages = new ArrayList<>();
    for (Turn turn : turns) {
      ChatMessage message = message(turn);
      if (!messages.isEmpty() && messages.getLast().role() == message.role()) {
        ChatMessage before = messages.removeLast();
        String joint = message.role() == ChatMessage.Role.USER ? "\n" : " ";
        messages.add(new ChatMessage(before.role(), before.content() + joint + message.content()));
      } else {
        messages.add(message);
      }
    }
    return messages;
  }

  private static ChatMessage message(Turn turn) {
    return switch (turn) {
      case Turn.Caller caller -> new ChatMessage(ChatMessage.Role.USER, caller.text());
      case Turn.Agent(_, String text, boolean complete) ->
          new ChatMessage(
              ChatMessage.Role.ASSISTANT,
              complete || text.endsWith(CUT_OFF) ? text : text + " " + CUT_OFF);
    };
  }

  private void add(Turn turn) {
    if (turn.text().isEmpty()) {
      return;
    }
    turns.add(turn);
    if (tokens() > MAX_TOKENS) {
      while (turns.size() > 1 && tokens() > KEPT_TOKENS) {
        turns.removeFirst();
      }
    }
  }

  private int tokens() {
    return turns.stream().mapToInt(t -> ChatMessage.tokens(t.text())).sum();
  }

  private boolean knows(Class<? extends Turn> speaker, long reply, String words) {
    return turns.stream().anyMatch(t -> speaker.isInstance(t) && isSame(t, reply, words));
  }

  private boolean isAnswered(long reply) {
    return turns.stream().anyMatch(t -> t instanceof Turn.Agent && t.reply() == reply);
  }

  /// Numbers alone do not tell: a gateway that resumes a call counts replies anew.
  private static boolean isSame(Turn turn, long reply, String words) {
    return turn.reply() == reply && turn.text().equals(words);
  }

  private static String bounded(String text) {
    String words = text.strip();
    return words.length() <= MAX_TURN_CHARS
        ? words
        : words.substring(words.length() - MAX_TURN_CHARS).strip();
  }
}
