package voiceagent.sim.speech;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import voiceagent.kit.audio.Mulaw;
import voiceagent.kit.dictation.DictatedWord;
import voiceagent.kit.dictation.Dictation;
import voiceagent.kit.dictation.DictationTake;

class DictationTest {
  private final Dictation dictation = new Dictation(Dictation.shippedModel(Recordings.class));

  @AfterEach
  void close() {
    dictation.close();
  }

  private static byte[] quieter(byte[] mulaw) {
    byte[] changed = new byte[mulaw.length];
    for (int i = 0; i < mulaw.length; i++) {
      changed[i] = Mulaw.encode((short) (Mulaw.decode(mulaw[i]) * 3 / 4));
    }
    return changed;
  }

  private static String text(List<DictatedWord> words) {
    return String.join(" ", words.stream().map(DictatedWord::text).toList());
  }

  private List<DictatedWord> hear(byte[] audio, List<String> partials) throws Exception {
    CompletableFuture<List<DictatedWord>> last = new CompletableFuture<>();
    DictationTake take =
        dictation
            .begin((_, words, over) -> {
              if (over) {
                last.complete(words);
              } else {
                partials.add(text(words));
              }
            })
            .orElseThrow();
    for (int at = 0; at < audio.length; at += 160) {
      take.add(Arrays.copyOfRange(audio, at, Math.min(at + 160, audio.length)));
    }
    take.finish();
    return last.get(60, TimeUnit.SECONDS);
  }

  @Test
  void speechThatNoRecordingHoldsIsUnderstoodWithItsTimes() throws Exception {
    Utterance pricing = Recordings.load().get("pricing");
    List<String> partials = new CopyOnWriteArrayList<>();
    List<DictatedWord> words = hear(quieter(pricing.mulaw()), partials);
    assertThat(text(words)).contains("cost me to have two rooms");
    assertThat(partials).hasSizeGreaterThan(2);
    assertThat(words.getLast().end())
        .isBetween(pricing.words().getLast().end() - 3000, (long) pricing.mulaw().length);
    // The same recogniser, from its beginning; its clock has run on, so the last digit may differ.
    List<DictatedWord> again = hear(quieter(pricing.mulaw()), new ArrayList<>());
    assertThat(text(again)).isEqualTo(text(words));
    assertThat(again.getLast().end()).isCloseTo(words.getLast().end(), within(8L));
  }

  @Test
  void noiseHasNoWords() throws Exception {
    assertThat(hear(quieter(Recordings.load().get("noise").mulaw()), new ArrayList<>())).isEmpty();
  }

  @Test
  void theSeventhTakeIsRefusedUntilOneEnds() throws Exception {
    List<DictationTake> takes = new ArrayList<>();
    CompletableFuture<List<DictatedWord>> over = new CompletableFuture<>();
    for (int i = 0; i < 6; i++) {
      takes.add(dictation.begin((_, words, _) -> over.complete(words)).orElseThrow());
    }
    assertThat(dictation.begin((_, _, _) -> {})).isEmpty();
    takes.getFirst().finish();
    assertThat(over.get(5, TimeUnit.SECONDS)).isEmpty();
    Optional<DictationTake> again = dictation.begin((_, _, _) -> {});
    assertThat(again).isPresent();
  }

  @Test
  void withoutAModelNothingIsUnderstood() {
    try (Dictation none = new Dictation(Path.of("/nonexistent"))) {
      assertThat(none.begin((_, _, _) -> {})).isEmpty();
    }
  }
}
