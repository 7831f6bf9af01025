package voiceagent.speech;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Audio that grows sentence by sentence, and when each written word of it is spoken.
final class Track {
  private static final long UNSPOKEN = -1;

  private final ByteArrayOutputStream pcm = new ByteArrayOutputStream();
  private final long[] starts;
  private final long[] ends;

  /// @param words how many words are written
  Track(int words) {
    starts = new long[words];
    ends = new long[words];
    Arrays.fill(starts, UNSPOKEN);
  }

  boolean isEmpty() {
    return pcm.size() == 0;
  }

  /// In samples.
  long length() {
    return pcm.size() / 2;
  }

  /// @param from the first sample that is taken
  void add(short[] samples, int from) {
    for (int i = from; i < samples.length; i++) {
      pcm.write(samples[i]);
      pcm.write(samples[i] >> 8);
    }
  }

  /// A part of a written word is spoken from one sample to another.
  void word(int index, long start, long end) {
    if (starts[index] == UNSPOKEN) {
      starts[index] = Math.max(0, start);
    }
    ends[index] = Math.max(ends[index], end);
  }

  /// 16-bit little-endian.
  byte[] pcm() {
    return pcm.toByteArray();
  }

  /// In order and within the audio; a word that makes no sound lies at the end of the one before.
  List<SpokenWord> words(List<String> written) {
    List<SpokenWord> words = new ArrayList<>(written.size());
    long before = 0;
    for (int i = 0; i < written.size(); i++) {
      long start = starts[i] == UNSPOKEN ? before : Math.max(before, starts[i]);
      long end = Math.min(length(), Math.max(start, ends[i]));
      words.add(new SpokenWord(written.get(i), Math.min(start, end), end));
      before = end;
    }
    return words;
  }
}
