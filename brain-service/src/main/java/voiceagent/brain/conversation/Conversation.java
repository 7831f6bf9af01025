package voiceagent.brain.conversation;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import voiceagent.brain.llm.ChatMessage;
import voiceagent.brain.llm.ToolCall;

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

  /// What a model is told of a tool that has no result yet.
  private static final String PENDING = "no result yet";

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
      Turn.Agent agent = new Turn.Agent(reply, words, complete);
      int actions = 0;
      while (actions < turns.size()
          && turns.get(turns.size() - 1 - actions) instanceof Turn.Called called
          && called.action()
          && called.reply() == reply) {
        actions++;
      }
      List<Turn> after = List.copyOf(turns.subList(turns.size() - actions, turns.size()));
      turns.removeAll(after);
      add(agent);
      turns.addAll(after);
    }
  }

  /// The caller pressed keys unasked.
  public void pressed(String digits) {
    if (last() instanceof Turn.Keys(String before)) {
      turns.removeLast();
      add(new Turn.Keys(bounded(before + digits)));
    } else {
      add(new Turn.Keys(bounded(digits)));
    }
  }

  /// The model calls a tool; its result follows.
  ///
  /// @param id unique in the call
  /// @param action the gateway does it, after what the reply said was heard
  public void called(long reply, ToolCall call, String id, boolean action) {
    add(new Turn.Called(reply, id, call.name(), bounded(call.arguments()), action, PENDING, false));
  }

  /// What came of a tool. Only the first result of each counts (L24).
  ///
  /// @return false if no such tool waits for one
  public boolean settled(String id, String result) {
    for (int i = 0; i < turns.size(); i++) {
      if (turns.get(i) instanceof Turn.Called called
          && called.id().equals(id)
          && !called.settled()) {
        turns.set(
            i,
            new Turn.Called(
                called.reply(),
                id,
                called.name(),
                called.arguments(),
                called.action(),
                result.isBlank() ? "done" : bounded(result),
                true));
        return true;
      }
    }
    return false;
  }

  /// Tools of a reply that wait for a result.
  public List<String> unsettled(long reply) {
    return turns.stream()
        .filter(t -> t instanceof Turn.Called c && c.reply() == reply && !c.settled())
        .map(t -> ((Turn.Called) t).id())
        .toList();
  }

  /// Something came that the agent has not answered, though the caller said nothing: keys, or the
  /// result of a tool.
  public boolean awaitsAnswer() {
    return last() instanceof Turn.Keys
        || (last() instanceof Turn.Called called && called.settled());
  }

  /// Whether the caller has said or pressed anything.
  public boolean hasCaller() {
    return turns.stream().anyMatch(t -> t instanceof Turn.Caller || t instanceof Turn.Keys);
  }

  /// The talk in lines, `caller: …` and `agent: …`, for whoever reads it afterwards.
  public String transcript() {
    return turns.stream()
        .map(t ->
            switch (t) {
              case Turn.Caller caller -> "caller: " + caller.text();
              case Turn.Agent agent -> "agent: " + agent.text();
              case Turn.Keys keys -> "caller: " + keysNote(keys.text());
              case Turn.Called called ->
                  "agent: ("
                      + called.name()
                      + " "
                      + called.arguments()
                      + ": "
                      + called.text()
                      + ")";
            })
        .collect(Collectors.joining("\n"));
  }

  /// The conversation as a model takes it: no message empty, neighbours of one speaker joined, each
  /// call of a tool followed by its result.
  public List<ChatMessage> messages() {
    List<ChatMessage> messages = new ArrayList<>();
    for (Turn turn : turns) {
      if (turn instanceof Turn.Called called) {
        messages.add(
            ChatMessage.calling(new ToolCall(called.id(), called.name(), called.arguments())));
        messages.add(ChatMessage.result(called.id(), called.text()));
        continue;
      }
      ChatMessage message = message(turn);
      if (!messages.isEmpty()
          && messages.getLast().isPlain()
          && messages.getLast().role() == message.role()) {
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
      case Turn.Keys(String digits) -> new ChatMessage(ChatMessage.Role.USER, keysNote(digits));
      case Turn.Called called -> ChatMessage.result(called.id(), called.text());
    };
  }

  private @Nullable Turn last() {
    return turns.isEmpty() ? null : turns.getLast();
  }

  private static String keysNote(String digits) {
    return "(The caller pressed " + String.join(" ", digits.split("", -1)).strip() + ".)";
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
