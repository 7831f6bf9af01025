package voiceagent.sim.speech;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// WAV files of G.711 mu-law at 8000 Hz (format code 7). Source: Microsoft, "Multimedia Programming
/// Interface and Data Specifications 1.0", WAVE.
public final class Wav {
  private static final int MULAW = 7;
  private static final int RATE = 8000;

  private Wav() {}

  /// The samples of a mono mu-law file at 8000 Hz.
  ///
  /// @param name for messages
  /// @throws IllegalArgumentException if it is anything else
  public static byte[] mulaw(String name, byte[] file) {
    ByteBuffer in = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    if (file.length < 12 || !tag(file, 0).equals("RIFF") || !tag(file, 8).equals("WAVE")) {
      throw new IllegalArgumentException(name + " is no WAV file, expected RIFF and WAVE");
    }
    int at = 12;
    while (at + 8 <= file.length) {
      String tag = tag(file, at);
      int size = in.getInt(at + 4);
      if (tag.equals("fmt ")
          && (in.getShort(at + 8) != MULAW
              || in.getShort(at + 10) != 1
              || in.getInt(at + 12) != RATE)) {
        throw new IllegalArgumentException(
            "%s has format %d, %d channels, %d Hz, expected mu-law (7), mono, 8000 Hz"
                .formatted(name, in.getShort(at + 8), in.getShort(at + 10), in.getInt(at + 12)));
      }
      if (tag.equals("data")) {
        return Arrays.copyOfRange(file, at + 8, Math.min(file.length, at + 8 + size));
      }
      at += 8 + size + (size & 1);
    }
    throw new IllegalArgumentException(name + " has no data chunk");
  }

  /// A stereo mu-law file; the shorter channel is filled up with silence.
  public static byte[] stereo(byte[] left, byte[] right) {
    int samples = Math.max(left.length, right.length);
    byte[] mixed = new byte[2 * samples];
    Arrays.fill(mixed, (byte) 0xFF);
    for (int i = 0; i < left.length; i++) {
      mixed[2 * i] = left[i];
    }
    for (int i = 0; i < right.length; i++) {
      mixed[2 * i + 1] = right[i];
    }
    return file(2, mixed);
  }

  private static byte[] file(int channels, byte[] data) {
    ByteBuffer header = ByteBuffer.allocate(58).order(ByteOrder.LITTLE_ENDIAN);
    header.put(bytes("RIFF")).putInt(50 + data.length).put(bytes("WAVE"));
    header.put(bytes("fmt ")).putInt(18).putShort((short) MULAW).putShort((short) channels);
    header.putInt(RATE).putInt(RATE * channels).putShort((short) channels).putShort((short) 8);
    header.putShort((short) 0);
    header.put(bytes("fact")).putInt(4).putInt(data.length / channels);
    header.put(bytes("data")).putInt(data.length);
    ByteArrayOutputStream file = new ByteArrayOutputStream(58 + data.length);
    try (DataOutputStream out = new DataOutputStream(file)) {
      out.write(header.array());
      out.write(data);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return file.toByteArray();
  }

  private static byte[] bytes(String tag) {
    return tag.getBytes(StandardCharsets.US_ASCII);
  }

  private static String tag(byte[] file, int at) {
    return new String(file, at, 4, StandardCharsets.US_ASCII);
  }
}
