package voiceagent.speech;

import java.util.List;
import voiceagent.kit.audio.Mulaw;

/// A text as audio, and when each of its words is spoken.
///
/// A class, not a record: it holds arrays, which are not to be changed.
public final class SpokenText {
  private final byte[] pcm;
  private final byte[] mulaw;
  private final List<SpokenWord> words;

  SpokenText(byte[] pcm, List<SpokenWord> words) {
    this.pcm = pcm;
    mulaw = Mulaw.encode(pcm);
    this.words = words;
  }

  /// 16-bit little-endian, 8000 Hz.
  public byte[] pcm() {
    return pcm;
  }

  /// The same as mu-law. Empty if nothing can be said.
  public byte[] mulaw() {
    return mulaw;
  }

  /// Each word of the text as written; one without sound, such as a lone dash, has no length.
  public List<SpokenWord> words() {
    return words;
  }

  int bytes() {
    return pcm.length + mulaw.length;
  }
}
