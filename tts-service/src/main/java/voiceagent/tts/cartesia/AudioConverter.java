package voiceagent.tts.cartesia;

import java.util.Arrays;
import voiceagent.kit.audio.Mulaw;

/// One context's audio to mu-law. A sample may be cut in two by the end of a chunk: its first half
/// waits. One thread.
final class AudioConverter {
  private final AudioEncoding encoding;
  private byte[] half = new byte[0];

  AudioConverter(AudioEncoding encoding) {
    this.encoding = encoding;
  }

  byte[] mulaw(byte[] chunk) {
    if (encoding == AudioEncoding.PCM_MULAW) {
      return chunk;
    }
    byte[] pcm = chunk;
    if (half.length > 0) {
      pcm = Arrays.copyOf(half, half.length + chunk.length);
      System.arraycopy(chunk, 0, pcm, half.length, chunk.length);
    }
    int whole = pcm.length / 2 * 2;
    half = Arrays.copyOfRange(pcm, whole, pcm.length);
    return Mulaw.encode(whole == pcm.length ? pcm : Arrays.copyOf(pcm, whole));
  }
}
