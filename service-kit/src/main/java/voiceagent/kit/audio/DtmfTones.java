package voiceagent.kit.audio;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/// The sounds of telephone keys: two tones each. Source: ITU-T Q.23; lengths by Q.24, which asks
/// for 40 ms at least.
public final class DtmfTones {
  private static final String KEYS = "123A456B789C*0#D";
  private static final double[] ROWS = {697, 770, 852, 941};
  private static final double[] COLUMNS = {1209, 1336, 1477, 1633};
  private static final int TONE_SAMPLES = 800;
  private static final int GAP_SAMPLES = 480;
  private static final int PAUSE_SAMPLES = 4000;
  private static final double AMPLITUDE = 0.3 * Short.MAX_VALUE;

  private DtmfTones() {}

  /// Mu-law, 8000 Hz: 100 ms a key and 60 ms of silence behind it.
  ///
  /// @param keys 0-9, *, #, A-D, and w for a pause of 0.5 s
  /// @throws IllegalArgumentException if there is any other, which is not named: keys are private
  public static byte[] of(String keys) {
    ByteArrayOutputStream audio = new ByteArrayOutputStream();
    for (int i = 0; i < keys.length(); i++) {
      char key = keys.charAt(i);
      if (key == 'w') {
        audio.writeBytes(silence(PAUSE_SAMPLES));
      } else {
        audio.writeBytes(tone(KEYS.indexOf(Character.toUpperCase(key))));
        audio.writeBytes(silence(GAP_SAMPLES));
      }
    }
    return audio.toByteArray();
  }

  private static byte[] tone(int index) {
    if (index < 0) {
      throw new IllegalArgumentException("a key is none of 0-9, *, #, A-D, w");
    }
    double low = 2 * Math.PI * ROWS[index / 4] / AudioFrame.RATE;
    double high = 2 * Math.PI * COLUMNS[index % 4] / AudioFrame.RATE;
    byte[] mulaw = new byte[TONE_SAMPLES];
    for (int i = 0; i < mulaw.length; i++) {
      double sample = AMPLITUDE * (Math.sin(low * i) + Math.sin(high * i));
      mulaw[i] = Mulaw.encode((short) Math.round(sample));
    }
    return mulaw;
  }

  private static byte[] silence(int samples) {
    byte[] mulaw = new byte[samples];
    Arrays.fill(mulaw, Mulaw.SILENCE);
    return mulaw;
  }
}
