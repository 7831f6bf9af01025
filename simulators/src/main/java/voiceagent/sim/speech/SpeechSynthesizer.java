package voiceagent.sim.speech;

import voiceagent.speech.LocalVoice;
import voiceagent.speech.SpokenText;

/// Real speech from text with no network: FreeTTS, voice kevin16. The same text always gives the
/// same audio. Any thread; blocks for 1 to 2 ms per second of speech.
///
/// Each word of the text as written gets one [SpokenWord]; one without sound, such as a lone dash,
/// has no length.
public final class SpeechSynthesizer implements AutoCloseable {
  private final LocalVoice voice = new LocalVoice();

  /// The text as mu-law with its word times; its name is the text. No audio if nothing can be said.
  ///
  /// @throws IllegalArgumentException if the text has over 20,000 characters
  public Utterance speak(String text) {
    return speak(text, 1);
  }

  /// As [#speak(String)], at another speed.
  ///
  /// @param speed 1 is the voice's own pace
  public Utterance speak(String text, float speed) {
    SpokenText spoken = voice.speak(text, speed);
    return new Utterance(
        text,
        spoken.mulaw(),
        spoken.words().stream().map(w -> new SpokenWord(w.text(), w.start(), w.end())).toList());
  }

  /// The same audio as 16-bit little-endian PCM, 8000 Hz; not to be changed.
  public byte[] pcm(String text) {
    return pcm(text, 1);
  }

  /// As [#pcm(String)], at another speed.
  public byte[] pcm(String text, float speed) {
    return voice.speak(text, speed).pcm();
  }

  @Override
  public void close() {
    voice.close();
  }
}
