package voiceagent.sim.speech;

import java.util.List;
import voiceagent.kit.audio.Loudness;

/// An utterance with what has to be heard of each word: its sound, without the silence that its
/// times take in at either end.
final class KnownSpeech {
  private static final int BLOCK = 80;

  private final Utterance utterance;
  private final long[] soundStarts;
  private final long[] soundEnds;

  KnownSpeech(Utterance utterance) {
    this.utterance = utterance;
    List<SpokenWord> words = utterance.words();
    soundStarts = new long[words.size()];
    soundEnds = new long[words.size()];
    for (int i = 0; i < words.size(); i++) {
      long start = words.get(i).start();
      long end = Math.min(words.get(i).end(), utterance.mulaw().length);
      soundStarts[i] = start;
      soundEnds[i] = end;
      while (soundStarts[i] + BLOCK < end && silent(soundStarts[i])) {
        soundStarts[i] += BLOCK;
      }
      while (soundEnds[i] - BLOCK > soundStarts[i] && silent(soundEnds[i] - BLOCK)) {
        soundEnds[i] -= BLOCK;
      }
    }
  }

  private boolean silent(long at) {
    return Loudness.rms(utterance.mulaw(), (int) at, (int) at + BLOCK) < Loudness.VOICE;
  }

  Utterance utterance() {
    return utterance;
  }

  int length() {
    return utterance.mulaw().length;
  }

  byte at(long offset) {
    return utterance.mulaw()[(int) offset];
  }

  int words() {
    return soundEnds.length;
  }

  SpokenWord word(int index) {
    return utterance.words().get(index);
  }

  /// Offset of the first sample of a word's sound.
  long soundStart(int word) {
    return soundStarts[word];
  }

  /// Offset of the first sample after a word's sound.
  long soundEnd(int word) {
    return soundEnds[word];
  }
}
