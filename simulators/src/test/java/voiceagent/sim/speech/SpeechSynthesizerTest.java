package voiceagent.sim.speech;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import voiceagent.kit.audio.Mulaw;

class SpeechSynthesizerTest {
  private static final String TEXT =
      "Sure, I can help with that. It costs $45.50 — until 8:30 PM, okay?  Write to jo.lee@example.com!";

  private final SpeechSynthesizer synthesizer = new SpeechSynthesizer();

  @AfterEach
  void close() {
    synthesizer.close();
  }

  @Test
  void eachWrittenWordHasATimeWithinTheAudioInOrder() {
    Utterance speech = synthesizer.speak(TEXT);
    assertThat(speech.words().stream().map(SpokenWord::text)).containsExactly(TEXT.split("\\s+"));
    long before = 0;
    for (SpokenWord word : speech.words()) {
      assertThat(word.start()).as(word.text()).isGreaterThanOrEqualTo(before);
      assertThat(word.end()).as(word.text()).isGreaterThanOrEqualTo(word.start());
      before = word.end();
    }
    assertThat(before).isLessThanOrEqualTo(speech.mulaw().length);
    assertThat(speech.mulaw().length).isBetween(8000 * 6, 8000 * 12);
  }

  @Test
  void soundLiesWhereTheWordsAreAndSilenceBetweenSentences() {
    Utterance speech = synthesizer.speak("Hello there. Goodbye.");
    List<SpokenWord> words = speech.words();
    assertThat(words.getFirst().start()).as("little silence before speech").isBetween(80L, 480L);
    for (SpokenWord word : words) {
      assertThat(rms(speech, word.start(), word.end())).as(word.text()).isGreaterThan(800);
    }
    assertThat(rms(speech, words.get(1).end() + 400, words.get(2).start() - 400)).isLessThan(200);
  }

  @Test
  void aWordWithoutSoundHasNoLengthAndMovesNoOther() {
    List<SpokenWord> words = synthesizer.speak("yes - no").words();
    assertThat(words.get(1)).isEqualTo(new SpokenWord("-", words.get(0).end(), words.get(0).end()));
    assertThat(words.get(2).end()).isGreaterThan(words.get(2).start() + 800);
  }

  @Test
  void textWithNothingToSayMakesNoAudio() {
    for (String text : List.of("", "   ", " ... ", "\uD83D\uDE00")) {
      assertThat(synthesizer.speak(text).mulaw()).as(text).isEmpty();
    }
  }

  @Test
  void mulawIsTheConvertedPcm() {
    assertThat(synthesizer.speak(TEXT).mulaw()).isEqualTo(Mulaw.encode(synthesizer.pcm(TEXT)));
  }

  @Test
  void theSameTextGivesTheSameAudioFromEveryThreadAndVoice() throws Exception {
    Utterance expected = synthesizer.speak(TEXT);
    try (var threads = Executors.newFixedThreadPool(4);
        SpeechSynthesizer other = new SpeechSynthesizer()) {
      List<Callable<Utterance>> jobs = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        String before = "Number " + i;
        jobs.add(() -> {
          other.speak(before);
          return other.speak(TEXT);
        });
      }
      for (Future<Utterance> made : threads.invokeAll(jobs, 60, TimeUnit.SECONDS)) {
        assertThat(made.get()).isEqualTo(expected);
      }
    }
  }

  @Test
  void voicesThatAreMadeAtTheSameTimeSpeakAlike() throws Exception {
    Utterance expected = synthesizer.speak(TEXT);
    try (var threads = Executors.newFixedThreadPool(6)) {
      List<Callable<Utterance>> jobs = new ArrayList<>();
      for (int i = 0; i < 24; i++) {
        jobs.add(() -> {
          try (SpeechSynthesizer other = new SpeechSynthesizer()) {
            return other.speak(TEXT);
          }
        });
      }
      for (Future<Utterance> made : threads.invokeAll(jobs, 60, TimeUnit.SECONDS)) {
        assertThat(made.get()).isEqualTo(expected);
      }
    }
  }

  @Test
  void anyTextIsSaidWithoutAnError() {
    long seed = 20261124;
    Random random = new Random(seed);
    String alphabet = "abcXYZ  019.,:;-/'\"@#$%&()+=_?!<>[]{}~é€—½\uD83D\uDE00";
    for (int i = 0; i < 300; i++) {
      StringBuilder text = new StringBuilder();
      for (int n = random.nextInt(40); n >= 0; n--) {
        text.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      Utterance speech = synthesizer.speak(text.toString());
      assertThat(speech.words())
          .as("seed %d text <%s>", seed, text)
          .hasSize(text.toString().isBlank() ? 0 : text.toString().strip().split("\\s+").length);
    }
  }

  @Test
  void tooLongATextIsRefused() {
    assertThatThrownBy(() -> synthesizer.speak("a ".repeat(10_001)))
        .hasMessageContaining("20002 characters");
  }

  private static double rms(Utterance speech, long from, long to) {
    double sum = 0;
    for (long i = from; i < to; i++) {
      double sample = Mulaw.decode(speech.mulaw()[(int) i]);
      sum += sample * sample;
    }
    return Math.sqrt(sum / (to - from));
  }
}
