package voiceagent.kit.audio;

/// G.711 mu-law to 16-bit linear PCM and back, by table. Source: ITU-T G.711.
public final class Mulaw {
  /// Digital silence.
  public static final byte SILENCE = (byte) 0xFF;

  private static final int BIAS = 0x84;
  private static final int CLIP_14_BIT = 8158;
  private static final short[] LINEAR = new short[256];
  private static final byte[] ENCODED = new byte[65536];

  static {
    for (int i = 0; i < LINEAR.length; i++) {
      int code = ~i & 0xFF;
      int magnitude = ((((code & 0x0F) << 3) + BIAS) << ((code & 0x70) >> 4)) - BIAS;
      LINEAR[i] = (short) ((code & 0x80) != 0 ? -magnitude : magnitude);
    }
    for (int pcm = Short.MIN_VALUE; pcm <= Short.MAX_VALUE; pcm++) {
      ENCODED[pcm & 0xFFFF] = compress(pcm);
    }
  }

  private Mulaw() {}

  public static short decode(byte mulaw) {
    return LINEAR[mulaw & 0xFF];
  }

  public static byte encode(short pcm) {
    return ENCODED[pcm & 0xFFFF];
  }

  /// To 16-bit little-endian PCM at the same rate: twice as many bytes.
  public static byte[] decode(byte[] mulaw) {
    byte[] pcm = new byte[mulaw.length * 2];
    for (int i = 0; i < mulaw.length; i++) {
      short sample = decode(mulaw[i]);
      pcm[2 * i] = (byte) sample;
      pcm[2 * i + 1] = (byte) (sample >> 8);
    }
    return pcm;
  }

  /// From 16-bit little-endian PCM at the same rate: half as many bytes.
  ///
  /// @throws IllegalArgumentException if the bytes do not make whole samples
  public static byte[] encode(byte[] pcm) {
    if (pcm.length % 2 != 0) {
      throw new IllegalArgumentException(
          "PCM has " + pcm.length + " bytes, expected 2 for each sample");
    }
    byte[] mulaw = new byte[pcm.length / 2];
    for (int i = 0; i < mulaw.length; i++) {
      mulaw[i] = ENCODED[(pcm[2 * i] & 0xFF) | ((pcm[2 * i + 1] & 0xFF) << 8)];
    }
    return mulaw;
  }

  /// G.711 takes 14 bits: 16 are rounded to them first, as sox does.
  private static byte compress(int pcm) {
    int rounded = (pcm + 2) >> 2;
    int sign = rounded < 0 ? 0x80 : 0;
    int magnitude = Math.min(Math.abs(rounded), CLIP_14_BIT) + (BIAS >> 2);
    int exponent = 31 - Integer.numberOfLeadingZeros(magnitude) - 5;
    return (byte) ~(sign | (exponent << 4) | ((magnitude >> (exponent + 1)) & 0x0F));
  }
}
