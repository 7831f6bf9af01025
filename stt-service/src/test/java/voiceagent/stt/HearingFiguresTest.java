package voiceagent.stt;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import voiceagent.sim.speech.Recordings;
import voiceagent.sim.speech.Utterance;
import voiceagent.v1.EndOfTurn;

/// Prints what the stage itself costs a turn, calls speaking in real time.
@Tag("soak")
class HearingFiguresTest {
  private static final Recordings RECORDINGS = Recordings.load();

  @ParameterizedTest
  @CsvSource({"nova-3, 1", "nova-3, 50", "flux-general-en, 1", "flux-general-en, 50"})
  void theStagesOwnTimeOfATurn(String model, int calls) throws Exception {
    try (SttStack stack = new SttStack(Map.of("DEEPGRAM_MODEL", model));
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      talk(stack, 0); // warm
      List<Future<List<EndOfTurn>>> runs = new ArrayList<>();
      for (int i = 1; i <= calls; i++) {
        int seed = i;
        runs.add(threads.submit(() -> talk(stack, seed)));
      }
      List<Long> micros = new ArrayList<>();
      for (Future<List<EndOfTurn>> run : runs) {
        run.get(2, TimeUnit.MINUTES).forEach(turn -> micros.add(turn.getStageMicros()));
      }
      micros.sort(Long::compare);
      System.out.printf(
          "%-16s %3d calls  %4d turns  own time p50 %5d us  p99 %5d us%n",
          model,
          calls,
          micros.size(),
          micros.get(micros.size() / 2),
          micros.get(micros.size() * 99 / 100));
      assertThat(micros).isNotEmpty();
    }
  }

  private static List<EndOfTurn> talk(SttStack stack, int seed) {
    Utterance spoken = SpokenCall.of(new Random(seed), RECORDINGS, Duration.ofSeconds(15));
    TestCall call = TestCall.open(stack.channel()).at(TestCall.REAL_TIME);
    call.audio(spoken.mulaw());
    call.silenceUntil("all", c -> c.transcript().length() >= spoken.transcript().length());
    assertThat(call.transcript()).isEqualTo(spoken.transcript());
    call.close();
    return call.turns();
  }
}
