package voiceagent.tts.cartesia;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import voiceagent.tts.synthesize.SynthesisEvent;
import voiceagent.tts.synthesize.VoiceChoice;

class ContextTrackTest {
  private final List<String> told = new ArrayList<>();
  private final SpokenReply reply =
      new SpokenReply(7, new VoiceChoice("", "", 0, ""), 0, e -> told.add(describe(e)));

  private static String describe(SynthesisEvent event) {
    return switch (event) {
      case SynthesisEvent.Audio a ->
          "audio %d %d+%d".formatted(a.clause(), a.offset(), a.audio().length());
      case SynthesisEvent.Words w ->
          "words %d %s@%d"
                  .formatted(w.clause(), w.words().getFirst().text(), w.words().getFirst().start())
              + (w.words().size() > 1 ? "…" + w.words().getLast().text() : "");
      case SynthesisEvent.ClauseDone c -> "clause %d %d".formatted(c.clause(), c.end());
      case SynthesisEvent.Done _, SynthesisEvent.Failed _ -> "end";
    };
  }

  private ContextTrack context(String... clauses) {
    for (String clause : clauses) {
      reply.clauses.add(new Clause(reply.clauses.size(), clause));
    }
    ContextTrack context = new ContextTrack("a", reply);
    for (int i = reply.done; i < reply.clauses.size(); i++) {
      context.give(i);
    }
    return context;
  }

  private static CartesiaMessage.Word word(String text, long start, long end) {
    return new CartesiaMessage.Word(text, start, end);
  }

  @Test
  void aFlushEndsEachClauseInItsTurn() {
    ContextTrack context = context("One. ", "Two. ");
    context.audio(new byte[800]);
    context.flushed();
    context.audio(new byte[160]);
    assertThat(context.owes()).isTrue();
    context.flushed();
    assertThat(context.owes()).isFalse();
    assertThat(told)
        .containsExactly("audio 0 0+800", "clause 0 800", "audio 1 800+160", "clause 1 960");
  }

  @Test
  void aFlushThatIsToldTwiceEndsNoClauseTooSoon() {
    ContextTrack context = context("One. ", "Two. ", "Three. ");
    context.audio(new byte[800]);
    context.flushed();
    context.flushed();
    context.audio(new byte[160]);
    assertThat(told).containsExactly("audio 0 0+800", "clause 0 800", "audio 1 800+160");
  }

  @Test
  void withoutAFlushTheNextClausesFirstWordEndsAClauseAtItsSample() {
    ContextTrack context = context("One. ", "Two. ");
    context.words(List.of(word("One.", 100, 700), word("Two.", 900, 1500)));
    context.audio(new byte[1600]);
    context.done();
    assertThat(told)
        .containsExactly(
            "words 0 One.@100",
            "words 1 Two.@900",
            "audio 0 0+900",
            "clause 0 900",
            "audio 1 900+700",
            "clause 1 1600");
  }

  @Test
  void wordsThatAreWrittenOtherwiseStayWithTheirClause() {
    ContextTrack context = context("It costs $45.50 today. ", "Sure?");
    context.words(
        List.of(
            word("it", 0, 1),
            word("Costs", 1, 2),
            word("forty", 2, 3),
            word("five", 3, 4),
            word("today", 4, 5),
            word("—", 5, 5),
            word("sure", 6, 7)));
    assertThat(told).containsExactly("words 0 it@0…today", "words 1 sure@6");
  }

  @Test
  void aSecondContextTellsNothingTwice() {
    ContextTrack lost = context("One. ", "Two and three. ");
    lost.words(List.of(word("One.", 0, 700), word("Two", 900, 1000)));
    lost.audio(new byte[800]);
    lost.flushed();
    lost.audio(new byte[300]);
    told.clear();
    ContextTrack next = context();
    next.words(List.of(word("Two", 100, 200), word("and", 200, 300), word("three.", 300, 400)));
    next.audio(new byte[200]);
    next.audio(new byte[200]);
    next.flushed();
    assertThat(told)
        .containsExactly("words 1 and@1000…three.", "audio 1 1100+100", "clause 1 1200");
  }

  @Test
  void aContextThatEndsBeforeAClauseLeavesItToTheNext() {
    ContextTrack context = context("One. ", "Two. ");
    context.words(List.of(word("One.", 0, 700)));
    context.audio(new byte[800]);
    context.done();
    assertThat(told).containsExactly("words 0 One.@0", "audio 0 0+800", "clause 0 800");
    assertThat(reply.done).isEqualTo(1);
    context().done();
    assertThat(reply.done).as("a clause that leaves no trace twice is silent").isEqualTo(2);
  }

  @Test
  void aLongChunkIsToldInPiecesThatAMessageMayHave() {
    context("One.").audio(new byte[70_000]);
    assertThat(told)
        .containsExactly("audio 0 0+32000", "audio 0 32000+32000", "audio 0 64000+6000");
  }

  @Test
  void aSampleCutInTwoByChunksIsPutTogether() {
    AudioConverter converter = new AudioConverter(AudioEncoding.PCM_S16LE);
    byte[] pcm = {0, 1, 2, 3, 4, 5};
    byte[] whole = new AudioConverter(AudioEncoding.PCM_S16LE).mulaw(pcm);
    byte[] first = converter.mulaw(Arrays.copyOfRange(pcm, 0, 3));
    byte[] second = converter.mulaw(Arrays.copyOfRange(pcm, 3, 6));
    assertThat(first).hasSize(1);
    assertThat(second).hasSize(2);
    assertThat(new byte[] {first[0], second[0], second[1]}).isEqualTo(whole);
  }
}
