package voiceagent.brain.conversation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import voiceagent.brain.llm.ChatMessage;
import voiceagent.brain.llm.ChatMessage.Role;

class ConversationTest {
  private final Conversation conversation = new Conversation();

  private static ChatMessage caller(String text) {
    return new ChatMessage(Role.USER, text);
  }

  private static ChatMessage agent(String text) {
    return new ChatMessage(Role.ASSISTANT, text);
  }

  @Test
  void holdsWhatWasHeardAndNoMore_L1() {
    conversation.heard(1, "Hello, this is Sesame.", true);
    conversation.asked(1, 2, "What are my options?", false);
    conversation.heard(2, "Here are all", false);
    conversation.asked(2, 3, "Stop, please.", false);
    assertThat(conversation.messages())
        .containsExactly(
            agent("Hello, this is Sesame."),
            caller("What are my options?"),
            agent("Here are all …"),
            caller("Stop, please."));
  }

  @Test
  void aReplyThatWasNotHeardLeavesNoTraceAndNeighboursAreJoined() {
    conversation.asked(1, 1, "Hello?", false);
    conversation.heard(1, "", false);
    conversation.asked(2, 2, "Are you there?", false);
    conversation.heard(-1, "One moment, please.", true);
    conversation.heard(2, "I am here.", true);
    assertThat(conversation.messages())
        .containsExactly(caller("Hello?\nAre you there?"), agent("One moment, please. I am here."));
  }

  @Test
  void whatComesAgainAfterAReplicaWasLostCountsOnce() {
    conversation.heard(1, "Hello.", true);
    conversation.asked(1, 2, "Hi.", false);
    conversation.heard(2, "How can I help?", true);
    conversation.asked(2, 3, "Open on Sunday?", false);
    conversation.heard(-1, "One moment, please.", true);
    List<ChatMessage> before = conversation.messages();

    conversation.heard(1, "Hello.", true);
    conversation.asked(1, 2, "Hi.", false);
    conversation.heard(2, "How can I help?", true);
    assertThat(conversation.messages()).isEqualTo(before);

    conversation.asked(2, 3, "Open on Sunday?", false);
    assertThat(conversation.messages())
        .containsExactly(
            agent("Hello."),
            caller("Hi."),
            agent("How can I help? One moment, please."),
            caller("Open on Sunday?"));
  }

  @Test
  void aTurnThatWentOnTakesThePlaceOfItsFirstGuess() {
    conversation.asked(1, 1, "I would like", true);
    conversation.asked(1, 2, "I would like a table.", true);
    conversation.committed(2);
    conversation.asked(1, 3, "For four.", false);
    assertThat(conversation.messages()).containsExactly(caller("I would like a table.\nFor four."));
  }

  @Test
  void aGatewayThatResumesTheCallMayCountAnew() {
    conversation.asked(1, 1, "Hello.", false);
    conversation.heard(1, "How can I help?", true);
    conversation.asked(1, 1, "Are you still there?", false);
    conversation.heard(1, "Yes.", true);
    assertThat(conversation.messages()).hasSize(4);
  }

  @Test
  void theOldestIsForgottenInStepsAndTheSystemPromptNever() {
    Prompt prompt = new Prompt(new Persona("Sesame", "Sesame AI", "en-US", ""), Map.of());
    int changes = 0;
    String first = "";
    for (int i = 1; i <= 400; i++) {
      conversation.asked(i, i, "question " + i + " word".repeat(20), false);
      List<ChatMessage> messages = prompt.messages(conversation);
      assertThat(messages.getFirst().content())
          .contains("You are Sesame, who answers the phone at Sesame AI.");
      assertThat(messages.getLast().content()).contains("question " + i + " ");
      assertThat(messages.stream().mapToInt(ChatMessage::tokens).sum()).isLessThan(7000);
      changes += messages.get(1).content().equals(first) ? 0 : 1;
      first = messages.get(1).content();
      conversation.heard(i, "answer " + i + " word".repeat(20), true);
    }
    assertThat(changes).isLessThan(20);
  }

  @Test
  void aTurnThatIsTooLongKeepsItsEnd() {
    conversation.asked(1, 1, "x".repeat(50_000) + " the end", false);
    assertThat(conversation.messages().getFirst().content())
        .endsWith("the end")
        .hasSizeLessThanOrEqualTo(Conversation.MAX_TURN_CHARS);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void isValidForTheModelWhateverHappens(long seed) throws IOException {
    Random random = new Random(seed);
    Conversation talk = new Conversation();
    for (int i = 1; i <= 300; i++) {
      int reply = Math.max(1, i - random.nextInt(3));
      switch (random.nextInt(5)) {
        case 0 ->
            talk.heard(reply, random.nextBoolean() ? "" : " heard " + i, random.nextBoolean());
        case 1 -> talk.heard(-i, "one moment " + i, true);
        case 2 -> talk.committed(reply);
        default ->
            talk.asked(
                reply, i, " asked " + i + " ".repeat(random.nextInt(3)), random.nextBoolean());
      }
      Conversation restored = CheckpointCodec.decode(CheckpointCodec.encode(talk));
      assertThat(restored.messages()).as("seed %d step %d", seed, i).isEqualTo(talk.messages());
      Role before = Role.SYSTEM;
      for (ChatMessage message : restored.messages()) {
        assertThat(message.content())
            .as("seed %d step %d", seed, i)
            .isNotBlank()
            .isEqualTo(message.content().strip());
        assertThat(message.role()).as("seed %d step %d", seed, i).isNotEqualTo(before);
        before = message.role();
      }
    }
    assertThat(CheckpointCodec.encode(talk)).hasSizeLessThan(256 << 10);
  }

  @Test
  void aLargestConversationStillFitsItsCheckpoint() {
    for (int i = 0; i < 3000; i++) {
      conversation.asked(i, i, "\u0001€" + i, false);
      conversation.heard(i, "\u0001".repeat(1 + i % 100), true);
    }
    assertThat(CheckpointCodec.encode(conversation)).hasSizeLessThan(256 << 10);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "my words",
        "{\"v\":2,\"turns\":[]}",
        "{\"v\":1}",
        "{\"v\":1,\"turns\":[{}]}",
        "",
        "[]"
      })
  void aBadCheckpointIsRefusedWithoutItsWords(String bytes) {
    assertThatThrownBy(() -> CheckpointCodec.decode(bytes.getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(IOException.class)
        .hasMessageNotContaining("my words");
  }

  @Test
  void aPersonaOfItsOwnIsFilledWithTheCallsVariables() {
    Prompt prompt =
        new Prompt(
            new Persona("Ada", "Acme", "de-DE", "You serve {{ customer }} of {{nobody}}."),
            Map.of("customer", "Mr $1"));
    conversation.asked(1, 1, "Hallo", false);
    assertThat(prompt.messages(conversation).getFirst().content())
        .startsWith("You serve Mr $1 of .\n\nYou are on a live phone call.")
        .endsWith("- Speak German.\n");
  }
}
