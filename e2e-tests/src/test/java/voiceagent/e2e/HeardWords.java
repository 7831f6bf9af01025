package voiceagent.e2e;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import voiceagent.sim.cartesia.Spoken;
import voiceagent.sim.groq.ChatMessage;
import voiceagent.sim.twilio.CallEvent;
import voiceagent.sim.twilio.CallRecording;
import voiceagent.sim.twilio.Caller;

/// What the conversation remembers of interrupted replies, against what the simulated carrier
/// played of them, byte for byte; and what clocks alone would have said.
final class HeardWords {
  /// @param buffer of the carrier, in ms
  private record Interruption(int buffer, int truth, int remembered, int byClock) {}

  private final List<Spoken> spoken;
  private final List<Interruption> all = new ArrayList<>();
  private final List<String> strange = new ArrayList<>();

  HeardWords(List<Spoken> spoken) {
    this.spoken = spoken;
  }

  /// Takes one call.
  ///
  /// @param times how often it was interrupted
  /// @param history after the last interruption
  void add(int buffer, Caller caller, int times, List<ChatMessage> history) {
    List<String> answers = answers(history);
    CallRecording recording = caller.recording();
    List<CallEvent.AgentSpeaks> begins = recording.events(CallEvent.AgentSpeaks.class);
    int answer = 0;
    for (CallEvent.Cleared clear : recording.events(CallEvent.Cleared.class).subList(0, times)) {
      long begin =
          begins.stream()
              .mapToLong(CallEvent.AgentSpeaks::at)
              .filter(at -> at <= clear.at())
              .max()
              .orElse(0);
      byte[] heard = HeardSpeech.between(caller, begin, clear.at());
      Optional<Spoken> reply = spoken.stream().filter(s -> begins(s.audio(), heard)).findFirst();
      if (reply.isEmpty()) {
        strange.add(caller.callSid() + " at sample " + begin);
        return;
      }
      long byClock = clear.at() - firstArrival(recording, begin);
      all.add(
          new Interruption(
              buffer,
              words(reply.get(), heard.length),
              count(answers.get(answer)),
              words(reply.get(), byClock)));
      answer++;
    }
  }

  /// What was remembered of each answer of the model's, in order; "" where nothing was.
  private static List<String> answers(List<ChatMessage> history) {
    List<String> answers = new ArrayList<>();
    boolean asked = false;
    for (ChatMessage message : history) {
      if (message.role().equals("user")) {
        long utterances = message.content().lines().count();
        for (long unheard = asked ? 0 : 1; unheard < utterances; unheard++) {
          answers.add("");
        }
        asked = true;
      } else if (message.role().equals("assistant") && asked) {
        answers.add(message.content());
        asked = false;
      }
    }
    return answers;
  }

  private static boolean begins(byte[] reply, byte[] heard) {
    return heard.length <= reply.length
        && Arrays.equals(reply, 0, heard.length, heard, 0, heard.length);
  }

  /// When the audio that is played at a point came.
  private static long firstArrival(CallRecording recording, long playedAt) {
    OptionalLong arrival =
        recording.events(CallEvent.AudioReceived.class).stream()
            .filter(a -> a.playsAt() == playedAt)
            .mapToLong(CallEvent.AudioReceived::at)
            .findFirst();
    return arrival.orElse(playedAt);
  }

  private static int words(Spoken reply, long samples) {
    return (int) reply.words().stream().filter(w -> (w.start() + w.end()) / 2 < samples).count();
  }

  private static int count(String text) {
    return (int) Stream.of(text.split("[\\s…]+")).filter(w -> !w.isEmpty()).count();
  }

  int count() {
    return all.size();
  }

  /// What was heard after a clear and is no reply's beginning.
  List<String> strangeSounds() {
    return strange;
  }

  int quantile(double quantile) {
    return quantile(all.stream().map(i -> i.remembered() - i.truth()).toList(), quantile);
  }

  private static int quantile(List<Integer> errors, double quantile) {
    List<Integer> sizes = errors.stream().map(Math::abs).sorted().toList();
    return sizes.isEmpty() ? 0 : sizes.get((int) Math.ceil(sizes.size() * quantile) - 1);
  }

  String table() {
    StringBuilder table =
        new StringBuilder(
            """
            Words that the conversation, and clocks alone, were wrong by
            carrier's buffer |    n | remembered: right  too many: n (most)  too few: n (most)  p95 | clocks: right  too many: n (most)  too few: n (most)  p95
            """);
    for (int[] range : new int[][] {{0, 150}, {151, 300}, {301, 450}, {451, 600}, {0, 600}}) {
      List<Interruption> in =
          all.stream().filter(i -> i.buffer() >= range[0] && i.buffer() <= range[1]).toList();
      table.append("%4d to %4d ms  | %4d".formatted(range[0], range[1], in.size()));
      table.append(row(in.stream().map(i -> i.remembered() - i.truth()).toList()));
      table.append(row(in.stream().map(i -> i.byClock() - i.truth()).toList())).append('\n');
    }
    return table.toString();
  }

  private static String row(List<Integer> errors) {
    return " | %5d  %5d (%d)  %5d (%d)  %3d"
        .formatted(
            errors.stream().filter(e -> e == 0).count(),
            errors.stream().filter(e -> e > 0).count(),
            errors.stream().mapToInt(e -> e).max().orElse(0),
            errors.stream().filter(e -> e < 0).count(),
            -errors.stream().mapToInt(e -> e).min().orElse(0),
            quantile(errors, 0.95));
  }
}
