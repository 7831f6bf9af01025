package voiceagent.sim.twilio;

import java.util.Arrays;
import voiceagent.kit.audio.AudioFrame;
import voiceagent.kit.audio.Mulaw;

/// How the agent's voice gets from the caller's loudspeaker into the caller's microphone (L34). One
/// thread.
final class EchoPath {
  /// Longest delay: two seconds, less a frame.
  static final int MAX_DELAY = 2 * AudioFrame.RATE - AudioFrame.SAMPLES;

  private final byte[] heard = new byte[4 * AudioFrame.RATE];

  EchoPath() {
    Arrays.fill(heard, Mulaw.SILENCE);
  }

  /// The agent's audio is heard.
  void played(long from, byte[] mulaw, int offset, int length) {
    for (int i = 0; i < length; i++) {
      heard[index(from + i)] = mulaw[offset + i];
    }
  }

  /// Adds what comes back to a frame of the caller's.
  ///
  /// @param at position of the frame's first sample
  /// @param delay in samples, at least a frame, at most [#MAX_DELAY]
  /// @param gain 0 to 1
  void mix(byte[] frame, long at, int delay, double gain) {
    for (int i = 0; i < frame.length; i++) {
      int index = index(at + i - delay);
      int echo = (int) (gain * Mulaw.decode(heard[index]));
      if (echo != 0) {
        int sum = Mulaw.decode(frame[i]) + echo;
        frame[i] = Mulaw.encode((short) Math.clamp(sum, Short.MIN_VALUE, Short.MAX_VALUE));
      }
      heard[index(at + i - MAX_DELAY - AudioFrame.SAMPLES)] = Mulaw.SILENCE;
    }
  }

  private int index(long at) {
    return (int) Math.floorMod(at, (long) heard.length);
  }
}
