package voiceagent.sim.cartesia;

import java.util.List;
import voiceagent.sim.speech.SpokenWord;

/// What was spoken in one context, so far or in all.
///
/// A class, not a record: it holds an array.
public final class Spoken {
  /// How a context stands.
  public enum State {
    LIVE,
    /// All of it was sent, or it expired.
    DONE,
    CANCELLED,
    /// It failed, or its socket was lost.
    LOST
  }

  private final String context;
  private final String text;
  private final byte[] audio;
  private final int sent;
  private final List<SpokenWord> words;
  private final State state;

  Spoken(String context, String text, byte[] audio, int sent, List<SpokenWord> words, State state) {
    this.context = context;
    this.text = text;
    this.audio = audio;
    this.sent = sent;
    this.words = List.copyOf(words);
    this.state = state;
  }

  /// The context's id.
  public String context() {
    return context;
  }

  /// The transcripts, joined as they came.
  public String text() {
    return text;
  }

  /// All audio that was made, in the encoding asked for; the first [#sent] bytes went out.
  public byte[] audio() {
    return audio;
  }

  /// Bytes that were sent.
  public int sent() {
    return sent;
  }

  /// When each word is spoken, in samples since the context's audio began.
  public List<SpokenWord> words() {
    return words;
  }

  public State state() {
    return state;
  }
}
