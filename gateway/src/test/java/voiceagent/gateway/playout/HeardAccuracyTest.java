package voiceagent.gateway.playout;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import voiceagent.gateway.playout.HeardLedger.TimedWord;
import voiceagent.gateway.playout.SimulatedEar.Line;
import voiceagent.kit.time.ManualTimers;
import voiceagent.sim.speech.SpeechSynthesizer;
import voiceagent.sim.speech.SpokenWord;
import voiceagent.sim.speech.Utterance;

/// What the ledger says was heard, against what the simulated carrier played, in interruptions at
/// random instants behind lines of all kinds; and what clocks alone would have said.
class HeardAccuracyTest {
  private static final SpeechSynthesizer VOICE = new SpeechSynthesizer();
  private static final List<String> SENTENCES =
      List.of(
          "We are open from nine to five, Monday to Friday. ",
          "It costs $45.50 for two rooms, and I can come on Thursday. ",
          "Sure, let me have a look at that for you, it will not take long. ",
          "Your appointment is at 8:30 PM on the fourteenth. ",
          "Would you like me to send you a message with the address? ");
  private static final int REPLIES = 5;

  /// @param buffer of the carrier, in ms
  /// @param truth words that the carrier played
  private record Interruption(int buffer, int truth, int ledger, int clocks) {}

  @AfterAll
  static void close() {
    VOICE.close();
  }

  private static List<Interruption> interrupt(int times, long seed) {
    Random random = new Random(seed);
    List<Interruption> all = new ArrayList<>();
    while (all.size() < times) {
      Line line =
          new Line(
              random.nextInt(120), random.nextInt(120), random.nextInt(40), random.nextInt(601));
      all.addAll(call(line, random.nextLong(), _ -> false).interruptions);
    }
    return all.subList(0, times);
  }

  @Test
  void theLedgerIsWrongByOneWordAtMostInFiveHundredInterruptions_L37() {
    List<Interruption> all = interrupt(500, 20261124);
    System.out.println(table(all));
    assertThat(quantile(all.stream().map(i -> i.ledger() - i.truth()).toList(), 0.95))
        .isLessThanOrEqualTo(1);
  }

  /// The marks of a call are numbered from 1.
  @Test
  void aSingleMarkThatIsLostChangesNoWordThatIsRemembered_L4_L7() {
    Line line = new Line(40, 60, 0, 200);
    Call whole = call(line, 20261125, _ -> false);
    int marks = whole.ear.marks();
    for (int lost = 1; lost <= marks; lost++) {
      int number = lost;
      Call call = call(line, 20261125, name -> !name.startsWith("probe") && number(name) == number);
      assertThat(call.interruptions)
          .as("mark %d of %d lost", lost, marks)
          .isEqualTo(whole.interruptions)
          .hasSizeGreaterThan(2);
    }
  }

  private static int number(String mark) {
    return Integer.parseInt(mark.substring(mark.lastIndexOf('.') + 1));
  }

  private static Call call(Line line, long seed, Predicate<String> lost) {
    Call call = new Call(line, seed, lost);
    for (long reply = 1; reply <= REPLIES; reply++) {
      call.reply(reply);
    }
    return call;
  }

  private static String table(List<Interruption> all) {
    StringBuilder table = new StringBuilder();
    table.append(
        """
        Words that the ledger, and clocks alone, were wrong by
        carrier's buffer |   n | ledger: right  too many: n (most)  too few: n (most)  p95 | clocks: right  too many: n (most)  too few: n (most)  p95
        """);
    for (int[] range : new int[][] {{0, 150}, {151, 300}, {301, 450}, {451, 600}, {0, 600}}) {
      List<Interruption> in =
          all.stream().filter(i -> i.buffer() >= range[0] && i.buffer() <= range[1]).toList();
      table.append("%4d to %4d ms  | %4d".formatted(range[0], range[1], in.size()));
      table.append(row(in.stream().map(i -> i.ledger() - i.truth()).toList()));
      table.append(row(in.stream().map(i -> i.clocks() - i.truth()).toList())).append('\n');
    }
    return table.toString();
  }

  private static String row(List<Integer> errors) {
    return " | %14d  %10d (%d)  %14d (%d)  %7d"
        .formatted(
            errors.stream().filter(e -> e == 0).count(),
            errors.stream().filter(e -> e > 0).count(),
            errors.stream().mapToInt(e -> e).max().orElse(0),
            errors.stream().filter(e -> e < 0).count(),
            -errors.stream().mapToInt(e -> e).min().orElse(0),
            quantile(errors, 0.95));
  }

  private static int quantile(List<Integer> errors, double quantile) {
    List<Integer> sizes = errors.stream().map(Math::abs).sorted().toList();
    return sizes.isEmpty() ? 0 : sizes.get((int) Math.ceil(sizes.size() * quantile) - 1);
  }

  /// One call: replies of random clauses, most of them interrupted.
  private static final class Call {
    final ManualTimers clock = new ManualTimers();
    final Line line;
    final Random random;
    final SimulatedEar ear;
    final Playout playout;
    final List<Interruption> interruptions = new ArrayList<>();
    boolean fenced;
    long live;
    long nextSlot;

    Call(Line line, long seed, Predicate<String> lost) {
      this.line = line;
      random = new Random(seed);
      ear = new SimulatedEar(clock, line, new Random(seed), this::echoed);
      ear.loses(lost);
      playout = new Playout(ear, Duration.ofMillis(240), clock::nanos, new PlayoutMeters());
    }

    void echoed(String mark) {
      fenced |= playout.echoed(mark) instanceof MarkEcho.Fence;
    }

    void millisecond() {
      clock.advance(Duration.ofMillis(1));
      ear.advance();
      if (clock.nanos() >= nextSlot) {
        playout.pump(nextSlot);
        nextSlot += 20_000_000;
      }
    }

    void reply(long reply) {
      HeardLedger ledger = new HeardLedger();
      List<SpokenWord> words = new ArrayList<>();
      live = reply;
      long end = speak(reply, ledger, words);
      boolean interrupted = random.nextInt(10) < 8;
      long instant = clock.nanos() + random.nextLong(end + 4000) * 125_000;
      long heardBefore = ear.played();
      long begun = 0;
      while (interrupted && clock.nanos() < instant) {
        millisecond();
        begun = begun == 0 && playout.started(reply) ? clock.nanos() : begun;
      }
      if (!interrupted || begun == 0) {
        rest(end);
        return;
      }
      long byClock = Math.min(end, (clock.nanos() - begun) / 125_000);
      live = 0;
      playout.clear();
      fenced = false;
      for (int ms = 0; ms < 1000 && !fenced; ms++) {
        millisecond();
      }
      String said = ledger.heard(playout.heard(reply));
      interruptions.add(
          new Interruption(
              line.buffer(),
              count(words, ear.played() - heardBefore),
              said.isEmpty() ? 0 : said.split(" ").length,
              count(words, byClock)));
      rest(2000);
    }

    /// All of a reply's audio comes four times faster than it is played, its words beside it.
    private long speak(long reply, HeardLedger ledger, List<SpokenWord> words) {
      Duration made = Duration.ofMillis(90);
      long at = 0;
      int clauses = 1 + random.nextInt(3);
      for (int index = 0; index < clauses; index++) {
        int clause = index;
        Utterance speech = VOICE.speak(SENTENCES.get(random.nextInt(SENTENCES.size())));
        long origin = at;
        ledger.clause(clause, speech.name(), true);
        for (SpokenWord word : speech.words()) {
          words.add(new SpokenWord(word.text(), origin + word.start(), origin + word.end()));
          TimedWord timed = new TimedWord(word.text(), origin + word.start(), origin + word.end());
          var _ =
              clock.after(
                  made.plusNanos((origin + word.start()) * 31_250),
                  () -> {
                    if (live == reply) {
                      ledger.words(clause, List.of(timed));
                    }
                  });
        }
        for (int from = 0; from < speech.mulaw().length; from += 1000) {
          byte[] part =
              java.util.Arrays.copyOfRange(
                  speech.mulaw(), from, Math.min(speech.mulaw().length, from + 1000));
          long offset = origin + from;
          var _ =
              clock.after(
                  made.plusNanos(offset * 31_250),
                  () -> {
                    if (live == reply && playout.audio(reply, part)) {
                      ledger.audio(clause, offset, offset + part.length);
                    }
                  });
        }
        at += speech.mulaw().length;
        var _ =
            clock.after(
                made.plusNanos(at * 31_250),
                () -> {
                  if (live == reply) {
                    ledger.whole(clause);
                    playout.clauseEnd(reply);
                  }
                });
      }
      var _ =
          clock.after(
              made.plusNanos(at * 31_250 + 1),
              () -> {
                if (live == reply) {
                  playout.replyEnd(reply);
                }
              });
      return at;
    }

    private void rest(long samples) {
      for (long ms = 0; ms < samples / 8 + 2500; ms++) {
        millisecond();
      }
    }

    private static int count(List<SpokenWord> words, long samples) {
      return (int) words.stream().filter(w -> (w.start() + w.end()) / 2 < samples).count();
    }
  }
}
