package voiceagent.gateway.clip;

import java.util.List;
import voiceagent.gateway.playout.HeardLedger.TimedWord;

/// A phrase as audio.
///
/// A class, not a record: it holds an array, which is not to be changed.
public final class Clip {
  private final byte[] mulaw;
  private final List<TimedWord> words;

  /// @param words empty if it is not known when they are spoken
  public Clip(byte[] mulaw, List<TimedWord> words) {
    this.mulaw = mulaw;
    this.words = List.copyOf(words);
  }

  /// Mu-law, 8000 Hz.
  public byte[] mulaw() {
    return mulaw;
  }

  public List<TimedWord> words() {
    return words;
  }
}
