package voiceagent.sim.speech;

import java.util.Arrays;
import java.util.List;

/// Audio whose words are known: a caller's recording, or speech that was made.
///
/// Mu-law, 8000 Hz, mono; the array is not copied and not to be changed.
public final class Utterance {
  private final String name;
  private final byte[] mulaw;
  private final List<SpokenWord> words;

  public Utterance(String name, byte[] mulaw, List<SpokenWord> words) {
    this.name = name;
    this.mulaw = mulaw;
    this.words = List.copyOf(words);
  }

  public String name() {
    return name;
  }

  public byte[] mulaw() {
    return mulaw;
  }

  public List<SpokenWord> words() {
    return words;
  }

  /// The words, joined with single spaces.
  public String transcript() {
    return String.join(" ", words.stream().map(SpokenWord::text).toList());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Utterance u
        && name.equals(u.name)
        && words.equals(u.words)
        && Arrays.equals(mulaw, u.mulaw);
  }

  @Override
  public int hashCode() {
    return name.hashCode();
  }

  @Override
  public String toString() {
    return "Utterance[" + name + "]";
  }
}
