package voiceagent.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import voiceagent.sim.cartesia.Spoken;
import voiceagent.sim.demo.Demo;
import voiceagent.sim.speech.AudioIndex;
import voiceagent.sim.speech.HeardWord;
import voiceagent.sim.speech.Recordings;
import voiceagent.sim.speech.Stretch;
import voiceagent.sim.speech.Utterance;

/// The demo's call over real sockets: greeting, question, answer, an interruption, the next
/// answers; and its recording, held against what was said on both sides.
class DemoCallTest {
  private static final byte SILENCE = (byte) 0xFF;
  private static final Recordings SAY = Recordings.load();

  @TempDir Path folder = Path.of("");

  @Test
  void aWholeCallWithAnInterruptionAndItsRecording() throws Exception {
    String port = ServiceProcess.freePorts(1).getFirst();
    try (Stack stack = Stack.start(Map.of("PORT", port, "PUBLIC_HOST", "127.0.0.1:" + port))) {
      Path wav = folder.resolve("call.wav");
      ByteArrayOutputStream printed = new ByteArrayOutputStream();
      int code =
          new Demo(
                  stack.url(),
                  stack.providers().twilio(),
                  stack.providers().events(),
                  SAY::get,
                  wav,
                  new PrintStream(printed, true, StandardCharsets.UTF_8))
              .run();
      String story = printed.toString(StandardCharsets.UTF_8);
      assertThat(code).as(story).isZero();
      assertThat(story)
          .contains("Every step happened.", "hello there who am i speaking with")
          .containsPattern("underruns +0,")
          .containsPattern("barge-ins +1");

      byte[] samples = data(Files.readAllBytes(wav));
      holdsWhatTheCallerSaid(channel(samples, 0));
      List<Spoken> spoken = stack.providers().cartesia().spoken();
      holdsWhatTheAgentSaidUntilItWasInterrupted(channel(samples, 1), spoken);
      remembersJustWhatWasHeard(stack.providers().groq().lastPrompt());
      Await.until(
          "the gateway to forget the call",
          Duration.ofSeconds(5),
          () -> stack.gateway().calls() == 0);
    }
  }

  private static void holdsWhatTheCallerSaid(byte[] left) {
    assertThat(words(AudioIndex.of(SAY.all()).words(left)))
        .isEqualTo(
            List.of("greeting", "hours", "stop", "pricing", "bye").stream()
                .map(name -> SAY.get(name).transcript())
                .collect(Collectors.joining(" ")));
  }

  private static void holdsWhatTheAgentSaidUntilItWasInterrupted(
      byte[] right, List<Spoken> spoken) {
    List<Utterance> made =
        spoken.stream().map(s -> new Utterance(s.context(), s.audio(), s.words())).toList();
    List<Stretch> heard = AudioIndex.of(made).stretches(right);
    Spoken cut =
        spoken.stream().filter(s -> s.text().startsWith("Yes, we are.")).findFirst().orElseThrow();
    for (Spoken reply : spoken) {
      long samples =
          heard.stream()
              .filter(s -> s.utterance().name().equals(reply.context()))
              .mapToLong(s -> s.end() - s.start())
              .sum();
      // The index knows speech by its sound: silence within a reply is nobody's.
      double share = samples / (double) reply.audio().length;
      assertThat(share)
          .as(reply.text())
          .satisfies(s -> {
            if (reply == cut) {
              assertThat(s).isBetween(0.05, 0.7);
            } else {
              assertThat(s).isGreaterThan(0.8);
            }
          });
    }
    long cutAt = end(heard, cut);
    long nextAt =
        heard.stream().mapToLong(Stretch::start).filter(at -> at >= cutAt).min().orElseThrow();
    // Up to a frame of the reply's own silence lies behind its last sound.
    for (long at = cutAt + 400; at < nextAt - 400; at++) {
      assertThat(right[(int) at]).as("sample %s", at).isEqualTo(SILENCE);
    }
  }

  private static long end(List<Stretch> heard, Spoken reply) {
    return heard.stream()
        .filter(s -> s.utterance().name().equals(reply.context()))
        .mapToLong(Stretch::end)
        .max()
        .orElseThrow();
  }

  private static void remembersJustWhatWasHeard(String prompt) {
    assertThat(prompt)
        .contains("assistant: Hello, this is Sesame from Sesame AI. How can I help you?")
        .contains("assistant: Yes, we are.")
        .doesNotContain("drop something off")
        .contains("user: " + SAY.get("stop").transcript());
  }

  private static String words(List<HeardWord> words) {
    return words.stream().map(HeardWord::text).collect(Collectors.joining(" "));
  }

  /// The samples of a WAV file whose data chunk comes last.
  private static byte[] data(byte[] file) throws IOException {
    String header = new String(file, 0, 64, StandardCharsets.ISO_8859_1);
    int at = header.indexOf("data") + 8;
    if (at < 8) {
      throw new IOException("no data chunk");
    }
    return java.util.Arrays.copyOfRange(file, at, file.length);
  }

  private static byte[] channel(byte[] samples, int channel) {
    byte[] one = new byte[samples.length / 2];
    for (int i = 0; i < one.length; i++) {
      one[i] = samples[2 * i + channel];
    }
    return one;
  }
}
