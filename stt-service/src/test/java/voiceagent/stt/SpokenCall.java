package voiceagent.stt;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import voiceagent.kit.audio.Mulaw;
import voiceagent.sim.speech.Recordings;
import voiceagent.sim.speech.SpokenWord;
import voiceagent.sim.speech.Utterance;

/// What a caller says in a call, made from a seed: recordings with pauses between them.
final class SpokenCall {
  private static final List<String> PHRASES =
      List.of("booking", "pricing", "hours", "human_moment", "greeting", "email", "phone", "stop");

  private SpokenCall() {}

  static Utterance of(Random random, Recordings recordings, Duration least) {
    ByteArrayOutputStream audio = new ByteArrayOutputStream();
    List<SpokenWord> words = new ArrayList<>();
    String last = "";
    while (audio.size() < least.toMillis() * 8) {
      silence(audio, 500 + random.nextInt(1500));
      String phrase = PHRASES.get(random.nextInt(PHRASES.size()));
      if (!phrase.equals(last)) {
        last = phrase;
        Utterance utterance = recordings.get(phrase);
        for (SpokenWord word : utterance.words()) {
          words.add(
              new SpokenWord(word.text(), audio.size() + word.start(), audio.size() + word.end()));
        }
        audio.writeBytes(utterance.mulaw());
      }
    }
    return new Utterance("call", audio.toByteArray(), words);
  }

  private static void silence(ByteArrayOutputStream audio, int ms) {
    byte[] silence = new byte[8 * ms];
    Arrays.fill(silence, Mulaw.SILENCE);
    audio.writeBytes(silence);
  }
}
