package voiceagent.kit.audio;

/// How loud telephone audio is.
public final class Loudness {
  /// Above it a stretch of 20 ms is likely to hold a voice, below it silence or the hiss of a line:
  /// about -44 dB below full scale.
  public static final int VOICE = 200;

  private static final int[] SQUARES = new int[256];

  static {
    for (int i = 0; i < SQUARES.length; i++) {
      int sample = Mulaw.decode((byte) i);
      SQUARES[i] = sample * sample;
    }
  }

  private Loudness() {}

  /// Root mean square of the samples, 0 to 32124.
  ///
  /// @param from first sample
  /// @param to first sample after the stretch, more than `from`
  public static int rms(byte[] mulaw, int from, int to) {
    long sum = 0;
    for (int i = from; i < to; i++) {
      sum += SQUARES[mulaw[i] & 0xFF];
    }
    return (int) Math.sqrt((double) sum / (to - from));
  }
}
