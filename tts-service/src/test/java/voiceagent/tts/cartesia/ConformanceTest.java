package voiceagent.tts.cartesia;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static org.assertj.core.api.Assertions.assertThat;
import static voiceagent.tts.cartesia.TestStage.assertSame;
import static voiceagent.tts.cartesia.TestStage.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import voiceagent.sim.cartesia.CartesiaSimulator;
import voiceagent.sim.cartesia.Spoken;

/// What Cartesia's protocol asks of a client, line by line: C1 to C13 and C15. C14, what the caller
/// heard from word times, is the gateway's: `HeardAccuracyTest`. The simulator's lines, S16 to S24,
/// are in `CartesiaSimulatorTest`.
class ConformanceTest {
  private static final String[] CLAUSES = {
    "Sure, I can help with that. ", "It costs $45.50, until 8:30 PM. ", "Would you like one?"
  };

  private TestStage stage = new TestStage();

  @AfterEach
  void close() {
    stage.close();
  }

  private List<JsonNode> inputs() {
    return stage.cartesia.requests().stream().filter(r -> r.has("transcript")).toList();
  }

  private void speakTwoRepliesAndAnInterruptedOne() {
    TestCall call = stage.call();
    call.speakAll(1, CLAUSES);
    assertThat(call.hear(1).done).isPresent();
    call.speakAll(2, CLAUSES);
    while (!call.next().hasAudio()) {}
    call.cancel(2);
    call.speak(3, 0, CLAUSES[0], false);
    call.speak(3, 1, "", true); // the model failed in the middle of its turn
    assertThat(call.hear(3).done).isPresent();
  }

  @Test
  void versionAndKeyStandInHeaders_C1() {
    stage.call();
    await("a handshake", () -> !stage.cartesia.handshakesSeen().isEmpty());
    var handshake = stage.cartesia.handshakesSeen().getFirst();
    assertThat(handshake.header("cartesia-version")).contains("2026-03-01");
    assertThat(handshake.header("x-api-key")).contains(CartesiaSimulator.KEY);
    assertThat(handshake.query("api_key")).isEmpty();
    assertThat(handshake.query("cartesia_version")).isEmpty();
  }

  @Test
  void rawMulawIsAskedForAndHandedOnAsItComes_C2() {
    TestCall call = stage.call();
    call.speakAll(1, CLAUSES);
    assertSame(call.hear(1).audio(), stage.cartesia.spoken().getFirst().audio());
    assertThat(inputs())
        .allSatisfy(r -> {
          assertThat(r.at("/output_format/container").asText()).isEqualTo("raw");
          assertThat(r.at("/output_format/encoding").asText()).isEqualTo("pcm_mulaw");
          assertThat(r.at("/output_format/sample_rate").asInt()).isEqualTo(8000);
        });
  }

  @Test
  void eachReplyHasAContextIdOfItsOwnAlsoAfterAnInterruption_C3() {
    speakTwoRepliesAndAnInterruptedOne();
    assertThat(stage.cartesia.spoken().stream().map(Spoken::context))
        .hasSize(3)
        .doesNotHaveDuplicates();
    assertThat(stage.cartesia.refusals()).isEmpty();
  }

  @Test
  void theFieldsOfAContextAreTheSameInEachInput_C4() {
    speakTwoRepliesAndAnInterruptedOne();
    inputs().stream()
        .collect(Collectors.groupingBy(r -> r.path("context_id").asText()))
        .values()
        .forEach(ofContext ->
            assertThat(
                    ofContext.stream()
                        .map(r ->
                            ((ObjectNode) r.deepCopy())
                                .without(List.of("transcript", "continue", "flush")))
                        .distinct())
                .hasSize(1));
  }

  @Test
  void theTranscriptsJoinedAreTheReplysText_C5() {
    TestCall call = stage.call();
    call.speakAll(1, CLAUSES);
    call.hear(1);
    assertThat(inputs().stream().map(r -> r.path("transcript").asText())).containsExactly(CLAUSES);
  }

  @Test
  void eachContextIsClosedByOneInputUnlessItIsCancelled_C6() {
    speakTwoRepliesAndAnInterruptedOne();
    Map<String, Long> closings =
        inputs().stream()
            .filter(r -> !r.path("continue").asBoolean())
            .collect(
                Collectors.groupingBy(r -> r.path("context_id").asText(), Collectors.counting()));
    for (Spoken spoken : stage.cartesia.spoken()) {
      long most = closings.getOrDefault(spoken.context(), 0L);
      assertThat(most).isLessThanOrEqualTo(1);
      assertThat(most == 1 || spoken.state() == Spoken.State.CANCELLED).isTrue();
    }
  }

  @Test
  void nothingIsBuffered_C7() {
    speakTwoRepliesAndAnInterruptedOne();
    assertThat(inputs())
        .allSatisfy(r -> assertThat(r.path("max_buffer_delay_ms").asInt(-1)).isZero());
  }

  @Test
  void aBargeInCancelsAndNeedsNoDone_C8() {
    stage.cartesia.rules().pace(ofMillis(5), 4);
    TestCall call = stage.call();
    call.speakAll(1, CLAUSES);
    while (!call.next().hasAudio()) {}
    call.cancel(1);
    call.speakAll(2, "Next.");
    assertSame(call.hear(2).audio(), stage.audio("Next."));
    assertThat(stage.cartesia.requests().stream().filter(r -> r.path("cancel").asBoolean()))
        .hasSize(1);
    assertThat(stage.cartesia.spoken().getFirst().state()).isEqualTo(Spoken.State.CANCELLED);
  }

  @Test
  void unknownAndHalfEmptyMessagesAreTaken_C9() {
    for (String message :
        new String[] {
          "{\"type\":\"phoneme_timestamps\",\"context_id\":\"a\",\"phoneme_timestamps\":{}}",
          "{\"type\":\"news\"}",
          "{}",
          "[1]",
          "no JSON"
        }) {
      assertThat(CartesiaCodec.decode(message)).isInstanceOf(CartesiaMessage.Unknown.class);
    }
    assertThat(
            CartesiaCodec.decode(
                "{\"type\":\"timestamps\",\"context_id\":\"a\",\"word_timestamps\":null}"))
        .isEqualTo(new CartesiaMessage.Words("a", List.of()));
    assertThat(CartesiaCodec.decode("{\"type\":\"error\",\"status_code\":500}"))
        .isInstanceOfSatisfying(
            CartesiaMessage.Failure.class, f -> assertThat(f.context()).isEmpty());
  }

  @Test
  void bothFormsOfErrorsAreReadAndEndTheContextNotTheSocket_C10() {
    assertThat(
            CartesiaCodec.decode(
                "{\"type\":\"error\",\"context_id\":\"a\",\"status_code\":400,"
                    + "\"error\":\"Invalid model ID\"}"))
        .isInstanceOfSatisfying(
            CartesiaMessage.Failure.class,
            f -> assertThat(f.describe()).isEqualTo("400 Invalid model ID"));
    stage.cartesia.faults().failAfter(ofMillis(500));
    TestCall call = stage.call();
    call.speakAll(1, CLAUSES);
    assertThat(call.hear(1).done).isPresent();
    assertThat(stage.cartesia.handshakes()).isEqualTo(1);
  }

  @Test
  void anIdleCloseIsNormalAndAReplyThatWasNotBegunIsSentAgain_C11() {
    TestCall call = stage.call();
    await("the socket", () -> stage.cartesia.openSockets() == 1);
    stage.cartesia.closeIdleSockets();
    stage.cartesia.faults().cutBeforeAudio();
    call.speakAll(1, CLAUSES);
    assertSame(call.hear(1).audio(), stage.audio(CLAUSES[0], CLAUSES[1], CLAUSES[2]));
  }

  @Test
  void contextsAreLimitedByThePlanAndARefusalIsWaitedForBriefly_C12() {
    stage.close();
    stage =
        new TestStage(
            TestStage.patience(ofMillis(2000), ofMillis(250), ofMillis(700), ofMinutes(4)),
            Map.of("CARTESIA_CONCURRENCY", "1"));
    stage.cartesia.rules().pace(ofMillis(5), 4);
    TestCall busy = stage.call();
    busy.speak(1, 0, "This takes longer than the other one can wait, at this pace. ", false);
    while (!busy.next().hasAudio()) {}
    TestCall call = stage.call();
    call.speakAll(1, CLAUSES);
    assertThat(call.hear(1).failed.orElseThrow().getDetail()).contains("CARTESIA_CONCURRENCY");
    busy.cancel(1);
    call.speakAll(2, CLAUSES);
    assertThat(call.hear(2).done).isPresent();
    for (long reply = 3; reply <= 20; reply++) {
      call.speakAll(reply, "Short.");
      if (reply % 2 == 0) {
        call.cancel(reply);
      } else {
        assertThat(call.hear(reply).done).isPresent();
      }
    }
    assertThat(stage.cartesia.refusals()).isEmpty();
  }

  @Test
  void textThatComesAfterDoneOpensAnotherContext_C13() {
    stage.cartesia.rules().expiry(ofMillis(30));
    TestCall call = stage.call();
    call.speak(1, 0, CLAUSES[0], false);
    await(
        "the expiry",
        () -> !stage.cartesia.spoken().isEmpty() && stage.cartesia.openContexts() == 0);
    call.speak(1, 1, CLAUSES[1], true);
    assertSame(call.hear(1).audio(), stage.audio(CLAUSES[0], CLAUSES[1]));
    assertThat(stage.cartesia.spoken()).hasSize(2);
    assertThat(stage.cartesia.refusals()).isEmpty();
  }

  @Test
  void aSocketIsOpenBeforeThereIsText_C15() {
    stage.call();
    await("a socket", () -> stage.cartesia.openSockets() == 1);
    assertThat(stage.cartesia.requests()).isEmpty();
  }
}
