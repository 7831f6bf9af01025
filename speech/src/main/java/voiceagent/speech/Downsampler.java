package voiceagent.speech;

/// 16 kHz to 8 kHz: a low-pass of 31 taps (Hamming-windowed sinc, cut-off 3.6 kHz), then every
/// second sample. The filter's delay is taken out, so that times stay true.
final class Downsampler {
  private static final int TAPS = 31;
  private static final double CUTOFF = 3600.0 / 16000;
  private static final double[] FILTER = filter();

  private Downsampler() {}

  /// @param wave 16-bit big-endian PCM, 16000 Hz
  /// @return 16-bit samples, 8000 Hz, half as many
  static short[] halve(byte[] wave) {
    int samples = wave.length / 2;
    short[] halved = new short[samples / 2];
    for (int i = 0; i < halved.length; i++) {
      double sum = 0;
      for (int tap = 0; tap < TAPS; tap++) {
        int at = 2 * i + tap - TAPS / 2;
        if (at >= 0 && at < samples) {
          sum += FILTER[tap] * ((wave[2 * at] << 8) | (wave[2 * at + 1] & 0xFF));
        }
      }
      halved[i] = (short) Math.clamp(Math.round(sum), Short.MIN_VALUE, Short.MAX_VALUE);
    }
    return halved;
  }

  private static double[] filter() {
    double[] taps = new double[TAPS];
    double sum = 0;
    for (int i = 0; i < TAPS; i++) {
      int x = i - TAPS / 2;
      double sinc = x == 0 ? 2 * CUTOFF : Math.sin(2 * Math.PI * CUTOFF * x) / (Math.PI * x);
      taps[i] = sinc * (0.54 - 0.46 * Math.cos(2 * Math.PI * i / (TAPS - 1)));
      sum += taps[i];
    }
    for (int i = 0; i < TAPS; i++) {
      taps[i] /= sum;
    }
    return taps;
  }
}
