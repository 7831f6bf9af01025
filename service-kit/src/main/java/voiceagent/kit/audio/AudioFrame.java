package voiceagent.kit.audio;

import java.util.Arrays;

/// A stretch of telephone audio: G.711 mu-law, 8000 Hz, mono, so one byte a sample and 8 bytes a
/// millisecond. Immutable by agreement: whoever makes one gives its array away.
///
/// Twilio sends 160 bytes (20 ms) at a time but promises no size, so count by [#length]. Source:
/// Twilio docs, "Media Streams - WebSocket Messages", `media`.
public final class AudioFrame {
  /// Samples, and bytes, of the frame that goes out each 20 ms.
  public static final int SAMPLES = 160;

  /// Samples a second.
  public static final int RATE = 8000;

  private final byte[] mulaw;

  private AudioFrame(byte[] mulaw) {
    this.mulaw = mulaw;
  }

  /// @param mulaw not copied; not to be changed any more
  /// @throws IllegalArgumentException if it is empty
  public static AudioFrame of(byte[] mulaw) {
    if (mulaw.length == 0) {
      throw new IllegalArgumentException("audio frame has 0 bytes, expected at least 1");
    }
    return new AudioFrame(mulaw);
  }

  /// The samples themselves, not a copy.
  public byte[] mulaw() {
    return mulaw;
  }

  /// In samples, which is in bytes.
  public int length() {
    return mulaw.length;
  }

  /// For tests: equal bytes. The hot path compares no audio.
  @Override
  public boolean equals(Object other) {
    return other instanceof AudioFrame frame && Arrays.equals(mulaw, frame.mulaw);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(mulaw);
  }

  @Override
  public String toString() {
    return "AudioFrame[" + mulaw.length + " samples]";
  }
}
