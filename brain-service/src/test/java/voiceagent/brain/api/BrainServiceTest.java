package voiceagent.brain.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import voiceagent.kit.service.Stage;
import voiceagent.sim.groq.ModelReply;
import voiceagent.v1.AgentPart;
import voiceagent.v1.Clause;
import voiceagent.v1.ConverseRequest;
import voiceagent.v1.ConverseResponse;
import voiceagent.v1.DtmfReceived;
import voiceagent.v1.ReplyDone;
import voiceagent.v1.SaidKind;
import voiceagent.v1.UpdateConversation;

/// The whole service over gRPC, against the provider's simulator.
class BrainServiceTest extends RunningBrain {
  private static final String LONG =
      "Yes, we are. On Mondays we are open from nine until six. On Fridays we stay open late."
          + " On Sundays we are closed.";

  @Test
  void clausesComeWhileTheModelStillWrites() throws InterruptedException {
    groq.pace(Duration.ofMillis(10), Duration.ofMillis(100));
    groq.replies(LONG);
    try (BrainCaller call = call()) {
      call.asks(1, 1, "Are you open late?");
      Clause first = call.await(ConverseResponse::hasClause).getClause();
      assertThat(first.getText()).isEqualTo("Yes, we are. ");
      assertThat(first.getLast()).isFalse();
      assertThat(events("first-token")).hasSize(1);
      assertThat(events("done")).as("the model still writes").isEmpty();
      StringBuilder text = new StringBuilder(first.getText());
      ConverseResponse response = call.next();
      while (response.hasClause()) {
        text.append(response.getClause().getText());
        assertThat(response.getClause().getClause()).isPositive();
        if (response.getClause().getLast()) {
          break;
        }
        response = call.next();
      }
      assertThat(text).hasToString(LONG);
      ReplyDone done = call.next().getDone();
      assertThat(done.getReply()).isEqualTo(1);
      assertThat(done.getRoute()).isEqualTo("llm");
      assertThat(done.getProviderRequestId()).startsWith("req_");
      assertThat(done.getUsage().getPromptTokens()).isPositive();
      assertThat(done.getUsage().getCompletionTokens()).isPositive();
      assertThat(done.getFirstTokenMicros()).isBetween(10_000L, 10_000_000L);
      assertThat(done.getStageMicros()).isBetween(1L, done.getFirstTokenMicros());
    }
  }

  @Test
  void retiredModelsAreSkippedAtTheStart_12() throws InterruptedException {
    assertThat(
            logged(
                "the provider does not offer llama-3.1-8b-instant any more: answers come from"
                    + " openai/gpt-oss-20b, then openai/gpt-oss-120b"))
        .isTrue();
    try (BrainCaller call = call()) {
      call.asks(1, 1, "Hello there, who am I speaking with?");
      assertThat(call.reply(1))
          .isEqualTo("You are speaking with Sesame from Sesame AI. How can I help?");
      assertThat(call.await(ConverseResponse::hasDone).getDone().getModel())
          .isEqualTo("openai/gpt-oss-20b");
      assertThat(events("refused")).isEmpty();
    }
  }

  @Test
  void whatWasNotHeardNeverEntersTheNextPrompt_L1() throws InterruptedException {
    groq.replies("Here are all twelve options, one at a time.", "Of course.");
    try (BrainCaller call = call()) {
      call.said(1, "Hello, this is Sesame.", SaidKind.SAID_KIND_GREETING);
      call.asks(1, 2, "What are my options?");
      call.reply(2);
      call.cancels(2);
      call.played(2, "Here are all", false);
      call.asks(2, 3, "Stop, please.");
      assertThat(call.reply(3)).isEqualTo("Of course.");
      assertThat(groq.lastPrompt())
          .contains("assistant: Hello, this is Sesame.\nuser: What are my options?")
          .endsWith("assistant: Here are all …\nuser: Stop, please.")
          .doesNotContain("twelve");
    }
  }

  @Test
  void ofAHundredRepliesThatNobodyHeardNoneIsRemembered_L1() throws InterruptedException {
    groq.pace(Duration.ofMillis(1), Duration.ofMillis(1));
    groq.script(r -> new ModelReply.Text("Unheard words. And more."));
    try (BrainCaller call = call()) {
      for (int i = 1; i <= 100; i++) {
        call.asks(i, i, "Question " + i);
        call.reply(i);
        call.played(i, "", false);
      }
      assertThat(groq.requests()).hasSize(100);
      assertThat(groq.requests()).noneMatch(r -> r.prompt().contains("Unheard"));
      assertThat(groq.lastPrompt()).contains("Question 1\n").endsWith("Question 100");
    }
  }

  @Test
  void cancelClosesTheRequestAndNothingMoreIsSaid_10() throws InterruptedException {
    groq.pace(Duration.ofMillis(10), Duration.ofMillis(40));
    groq.replies(LONG, "Yes.");
    try (BrainCaller call = call()) {
      call.asks(1, 1, "Are you open late?");
      call.await(ConverseResponse::hasClause);
      call.cancels(1);
      await("cancelled");
      call.asks(2, 2, "Hello?");
      ConverseResponse response = call.next();
      while (response.hasClause() && response.getClause().getReply() == 1) {
        assertThat(response.getClause().getLast()).isFalse();
        response = call.next();
      }
      assertThat(response.getClause().getText()).isEqualTo("Yes.");
    }
  }

  @Test
  void aNewUtteranceCancelsAnUnfinishedReply() throws InterruptedException {
    groq.pace(Duration.ofMillis(10), Duration.ofMillis(40));
    groq.replies(LONG, "Two.");
    try (BrainCaller call = call()) {
      call.asks(1, 1, "One?");
      call.await(ConverseResponse::hasClause);
      call.asks(2, 2, "Two?");
      assertThat(call.reply(2)).isEqualTo("Two.");
      await("cancelled");
      assertThat(call.await(ConverseResponse::hasDone).getDone().getReply()).isEqualTo(2);
      assertThat(groq.lastPrompt()).endsWith("user: One?\nTwo?");
    }
  }

  @Test
  void hangingUpClosesTheRequest() throws InterruptedException {
    groq.pace(Duration.ofMillis(10), Duration.ofMillis(100));
    groq.replies(LONG);
    BrainCaller call = call();
    call.asks(1, 1, "One?");
    call.await(ConverseResponse::hasClause);
    call.close();
    await("cancelled");
    assertThat(call.ended).succeedsWithin(Duration.ofSeconds(10)).isEqualTo(Status.OK);
    await(() -> metrics().matches("(?s).*voiceagent_stage_sessions\\{[^}]*brain[^}]*} 0\\.0.*"));
  }

  @Test
  void eachPlayedAndEachSaidIsAnsweredByOneCheckpointInOrder() throws InterruptedException {
    groq.replies("One.", "Two.");
    try (BrainCaller call = call()) {
      call.said(1, "Hello.", SaidKind.SAID_KIND_GREETING);
      assertThat(call.next().getCheckpoint().getState().toStringUtf8()).contains("Hello.");
      call.asks(1, 2, "First?");
      call.reply(2);
      call.await(ConverseResponse::hasDone);
      call.played(2, "One.", true);
      call.played(2, "One.", true);
      call.said(-1, "", SaidKind.SAID_KIND_FILLER);
      ByteString first = call.next().getCheckpoint().getState();
      assertThat(first.toStringUtf8()).contains("One.");
      assertThat(call.next().getCheckpoint().getState()).isEqualTo(first);
      assertThat(call.next().getCheckpoint().getState()).isEqualTo(first);
      call.send(ConverseRequest.newBuilder().setDtmf(DtmfReceived.newBuilder().setDigits("5")));
      assertThat(call.next().getCheckpoint().getState().toStringUtf8()).contains("\"keys\":\"5\"");
      call.asks(2, 3, "Second?");
      assertThat(call.next().hasClause()).as("a clause, no checkpoint").isTrue();
    }
  }

  @Test
  void aSecondReplicaGoesOnWithTheSameHistory_L29() throws InterruptedException {
    groq.replies("One.", "Two.", "Two.");
    ByteString checkpoint;
    String prompt;
    try (BrainCaller call = call()) {
      call.said(1, "Hello.", SaidKind.SAID_KIND_GREETING);
      call.asks(1, 2, "First?");
      call.reply(2);
      call.played(2, "One.", true);
      checkpoint = call.checkpoint();
      call.asks(2, 3, "Second?");
      call.reply(3);
      prompt = groq.lastPrompt();
    }
    Stage other = brain(Map.of());
    ManagedChannel way = channel(other);
    try (BrainCaller call = new BrainCaller(way).open(checkpoint)) {
      call.await(ConverseResponse::hasOpened);
      call.played(2, "One.", true);
      call.asks(2, 3, "Second?");
      assertThat(call.reply(3)).isEqualTo("Two.");
      assertThat(groq.lastPrompt()).isEqualTo(prompt).contains("assistant: One.\nuser: Second?");
    } finally {
      way.shutdownNow();
      other.close();
    }
  }

  @Test
  void speculativeRepliesAreMadeAndWhatIsThrownAwayIsCounted_L21() throws InterruptedException {
    groq.replies("Which day?", "On Thursday?");
    try (BrainCaller call = call()) {
      call.asks(1, 1, "I would like a table", true);
      assertThat(call.reply(1)).isEqualTo("Which day?");
      assertThat(call.await(ConverseResponse::hasDone).getDone().getUsage().getWastedTokens())
          .isZero();
      call.cancels(1);
      call.asks(1, 2, "I would like a table on Thursday", true);
      call.commits(2);
      assertThat(call.reply(2)).isEqualTo("On Thursday?");
      assertThat(call.await(ConverseResponse::hasDone).getDone().getUsage().getWastedTokens())
          .isPositive();
      assertThat(groq.lastPrompt())
          .endsWith("user: I would like a table on Thursday")
          .doesNotContain("table\n");
    }
  }

  @Test
  void theAgentMayChangeWithinACall() throws InterruptedException {
    groq.replies("One.", "Two.");
    try (BrainCaller call = call()) {
      call.asks(1, 1, "First?");
      call.reply(1);
      call.send(
          ConverseRequest.newBuilder()
              .setUpdate(
                  UpdateConversation.newBuilder()
                      .setAgent(AgentPart.newBuilder().setName("Ada").setCompany("Acme"))));
      call.asks(2, 2, "Second?");
      call.reply(2);
      assertThat(groq.requests().getFirst().system())
          .startsWith("You are Sesame, who answers the phone at Sesame AI.");
      assertThat(groq.requests().getLast().system())
          .startsWith("You are Ada, who answers the phone at Acme.");
    }
  }

  @Test
  void theSystemPromptStaysTheSameByteForByte() throws InterruptedException {
    groq.replies("One.", "Two.", "Three.");
    try (BrainCaller call = call()) {
      for (int i = 1; i <= 3; i++) {
        call.asks(i, i, "Question " + i);
        call.reply(i);
        call.played(i, "Answer", true);
      }
      assertThat(groq.requests().stream().map(r -> r.system()).distinct()).hasSize(1);
    }
  }

  @Test
  void fiftyCallsAtOnceKeepTheirTalksApart() throws InterruptedException {
    groq.script(r -> new ModelReply.Text("You said: " + r.lastUser()));
    List<BrainCaller> calls = new java.util.ArrayList<>();
    for (int i = 0; i < 50; i++) {
      calls.add(call());
    }
    String names = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    for (int turn = 1; turn <= 2; turn++) {
      for (int i = 0; i < 50; i++) {
        calls.get(i).asks(turn, turn, "call " + names.charAt(i) + names.charAt(turn) + ".");
      }
      for (int i = 0; i < 50; i++) {
        String said = calls.get(i).reply(turn);
        assertThat(said).isEqualTo("You said: call " + names.charAt(i) + names.charAt(turn) + ".");
        calls.get(i).played(turn, said, true);
      }
    }
    calls.forEach(BrainCaller::close);
  }

  @Test
  void afterAHundredInterruptionsNoReplyHasAnothersWords_L17() throws InterruptedException {
    groq.pace(Duration.ofMillis(2), Duration.ofMillis(1));
    groq.script(r -> new ModelReply.Text("About " + lastLine(r.lastUser()) + " I know. No more."));
    Random random = new Random(11);
    try (BrainCaller call = call()) {
      for (int i = 1; i <= 100; i++) {
        call.asks(i, i, "thing" + i);
        int moment = random.nextInt(3);
        if (moment > 0) {
          long reply = i;
          String text =
              call.await(r -> r.hasClause() && r.getClause().getReply() == reply)
                  .getClause()
                  .getText();
          assertThat(text).contains("thing" + i + " I know.");
        }
        if (moment < 2) {
          call.cancels(i);
          call.played(i, "", false);
          call.checkpoint();
        }
      }
      call.asks(101, 101, "the end");
      assertThat(call.reply(101)).contains("the end I know. No more.");
    }
    assertThat(logged("gave no answer")).isFalse();
  }

  private static String lastLine(String text) {
    return text.substring(text.lastIndexOf('\n') + 1);
  }
}
