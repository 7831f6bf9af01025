package voiceagent.gateway.clip;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import voiceagent.kit.audio.Mulaw;

/// A WAV file as telephone audio: PCM of 8 or 16 bits, or mu-law, of any rate and number of
/// channels.
final class WavFile {
  private static final int RATE = 8000;
  private static final int PCM = 1;
  private static final int MULAW = 7;

  /// Half the length of the low-pass filter, in samples of the lower rate.
  private static final int LOBES = 12;

  private WavFile() {}

  /// The whole file as mu-law, 8000 Hz, mono.
  ///
  /// @throws IOException if it is no WAV file of a kind that is known; the message says what it is
  static byte[] mulaw(Path file) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    if (bytes.remaining() < 12 || !tag(bytes, 0).equals("RIFF") || !tag(bytes, 8).equals("WAVE")) {
      throw new IOException(file + " is no WAV file");
    }
    int format = 0;
    int channels = 1;
    int rate = RATE;
    int bits = 8;
    int at = 12;
    while (at + 8 <= bytes.limit()) {
      int size = bytes.getInt(at + 4);
      int data = at + 8;
      if (size < 0 || tag(bytes, at).equals("data")) {
        int length = Math.min(size < 0 ? Integer.MAX_VALUE : size, bytes.limit() - data);
        return converted(file, bytes, data, length, format, channels, rate, bits);
      }
      if (tag(bytes, at).equals("fmt ") && size >= 16) {
        format = bytes.getShort(data);
        channels = bytes.getShort(data + 2);
        rate = bytes.getInt(data + 4);
        bits = bytes.getShort(data + 14);
      }
      at = data + size + (size & 1);
    }
    throw new IOException(file + " has no audio");
  }

  private static byte[] converted(
      Path file,
      ByteBuffer bytes,
      int from,
      int length,
      int format,
      int channels,
      int rate,
      int bits)
      throws IOException {
    boolean known = (format == PCM && (bits == 8 || bits == 16)) || (format == MULAW && bits == 8);
    if (!known || channels < 1 || rate < RATE) {
      throw new IOException(
          "%s is of format %d, %d bits, %d Hz, expected PCM of 8 or 16 bits or mu-law, 8000 Hz or more"
              .formatted(file, format, bits, rate));
    }
    if (format == MULAW && rate == RATE && channels == 1) {
      byte[] same = new byte[length];
      bytes.get(from, same);
      return same;
    }
    int width = bits / 8;
    double[] mono = new double[length / (width * channels)];
    for (int i = 0; i < mono.length; i++) {
      for (int c = 0; c < channels; c++) {
        int at = from + (i * channels + c) * width;
        mono[i] += sample(bytes, at, format, bits) / (double) channels;
      }
    }
    return encoded(rate == RATE ? mono : resampled(mono, rate));
  }

  private static int sample(ByteBuffer bytes, int at, int format, int bits) {
    if (format == MULAW) {
      return Mulaw.decode(bytes.get(at));
    }
    return bits == 16 ? bytes.getShort(at) : ((bytes.get(at) & 0xFF) - 128) << 8;
  }

  /// To 8000 Hz by a windowed sinc at its band's edge.
  private static double[] resampled(double[] in, int rate) {
    double step = rate / (double) RATE;
    double[] out = new double[(int) (in.length / step)];
    int reach = (int) Math.ceil(LOBES * step);
    for (int i = 0; i < out.length; i++) {
      double centre = i * step;
      double sum = 0;
      double weights = 0;
      for (int k = (int) centre - reach; k <= centre + reach; k++) {
        if (k >= 0 && k < in.length) {
          double weight = kernel((k - centre) / step);
          sum += weight * in[k];
          weights += weight;
        }
      }
      out[i] = weights == 0 ? 0 : sum / weights;
    }
    return out;
  }

  private static double kernel(double x) {
    if (Math.abs(x) >= LOBES) {
      return 0;
    }
    double window = 0.5 + 0.5 * Math.cos(Math.PI * x / LOBES);
    return x == 0 ? 1 : window * Math.sin(Math.PI * x) / (Math.PI * x);
  }

  private static byte[] encoded(double[] samples) {
    byte[] mulaw = new byte[samples.length];
    for (int i = 0; i < samples.length; i++) {
      mulaw[i] = Mulaw.encode((short) Math.clamp(Math.round(samples[i]), -32768, 32767));
    }
    return mulaw;
  }

  private static String tag(ByteBuffer bytes, int at) {
    byte[] tag = new byte[4];
    bytes.get(at, tag);
    return new String(tag, StandardCharsets.US_ASCII);
  }
}
