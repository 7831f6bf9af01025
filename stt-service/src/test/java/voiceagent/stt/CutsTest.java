package voiceagent.stt;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import voiceagent.sim.speech.Recordings;
import voiceagent.sim.speech.SpokenWord;
import voiceagent.sim.speech.Utterance;
import voiceagent.v1.Word;

/// A call whose connection to Deepgram is cut ten times, at random, is heard as if it never was.
class CutsTest {
  private static final int CUTS = 10;
  private static final List<String> MODELS = List.of("nova-3", "flux-general-en");
  private static final Recordings RECORDINGS = Recordings.load();

  @Test
  void tenRandomCutsLeaveTheTranscriptUnchanged_L12() throws Exception {
    overSeeds(MODELS, 1, 700);
  }

  @Tag("soak")
  @ParameterizedTest
  @ValueSource(strings = {"nova-3", "flux-general-en"})
  void tenRandomCutsLeaveTheTranscriptUnchangedOverTwentySeeds_L12(String model) throws Exception {
    overSeeds(List.of(model), 20, 2200);
  }

  /// All seeds at once, each with services of its own.
  ///
  /// @param spreadMs how much later than 800 ms a connection may be cut
  private static void overSeeds(List<String> models, int seeds, int spreadMs) throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> runs = new ArrayList<>();
      for (String model : models) {
        LongStream.rangeClosed(1, seeds)
            .forEach(seed -> runs.add(threads.submit(() -> cutAtRandom(model, seed, spreadMs))));
      }
      for (Future<?> run : runs) {
        run.get(4, TimeUnit.MINUTES);
      }
    }
  }

  private static void cutAtRandom(String model, long seed, int spreadMs) {
    Random random = new Random(seed);
    List<Duration> cuts = new ArrayList<>();
    Duration all = Duration.ofSeconds(2);
    for (int i = 0; i < CUTS; i++) {
      cuts.add(Duration.ofMillis(800 + random.nextInt(spreadMs)));
      all = all.plus(cuts.getLast());
    }
    Utterance spoken = SpokenCall.of(random, RECORDINGS, all);
    try (SttStack stack = new SttStack(Map.of("DEEPGRAM_MODEL", model))) {
      stack.deepgram().cutNext(cuts);
      TestCall call = stack.connectedCall().patient(Duration.ofMinutes(2));
      call.audio(spoken.mulaw());
      call.at(TestCall.REAL_TIME);
      call.silenceUntil(
          "seed " + seed + ": all words",
          c -> c.transcript().length() >= spoken.transcript().length());
      call.silence(500);
      assertThat(stack.count("connected")).as("seed " + seed).isEqualTo(CUTS + 1);
      assertThat(call.transcript()).as("seed " + seed).isEqualTo(spoken.transcript());
      List<Word> words = call.finals().stream().flatMap(f -> f.getWordsList().stream()).toList();
      assertThat(words).as("seed " + seed).hasSameSizeAs(spoken.words());
      for (int i = 0; i < words.size(); i++) {
        SpokenWord known = spoken.words().get(i);
        assertThat(words.get(i).getText()).isEqualTo(known.text());
        assertThat(words.get(i).getStartSamples()).isBetween(known.start() - 1, known.start() + 1);
      }
    }
  }

  @Test
  void aFrameThatIsLostOrDoubledWithinAWordChangesIt() {
    try (SttStack stack = new SttStack(Map.of())) {
      for (long seed = 1; seed <= 10; seed++) {
        Random random = new Random(seed);
        Utterance spoken = SpokenCall.of(random, RECORDINGS, Duration.ofSeconds(4));
        List<SpokenWord> longer =
            spoken.words().stream().filter(w -> w.end() - w.start() > 1000).toList();
        SpokenWord word = longer.get(random.nextInt(longer.size()));
        int at = (int) (word.start() + word.end()) / 2;
        boolean lost = seed % 2 == 0;
        ByteArrayOutputStream damaged = new ByteArrayOutputStream();
        damaged.write(spoken.mulaw(), 0, at);
        int from = lost ? at + 160 : at - 160;
        damaged.write(spoken.mulaw(), from, spoken.mulaw().length - from);
        TestCall call = stack.connectedCall();
        call.audio(damaged.toByteArray());
        call.silence(2500);
        call.endTurn();
        call.silence(500);
        call.close();
        assertThat(call.transcript())
            .as("seed " + seed + (lost ? ", lost" : ", doubled"))
            .isNotEqualTo(spoken.transcript());
      }
    }
  }
}
