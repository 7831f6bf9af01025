package voiceagent.kit.audio;

import java.util.Arrays;
import java.util.Optional;

/// Cuts a stream of mu-law of any sizes into frames of 160 samples. One thread at a time.
public final class FrameSlicer {
  private byte[] pending = new byte[AudioFrame.SAMPLES];
  private int filled;

  /// Where whole frames go, in order.
  @FunctionalInterface
  public interface Sink {
    void frame(AudioFrame frame);
  }

  /// Takes audio in and hands over each frame it completes.
  public void add(byte[] audio, Sink sink) {
    int from = 0;
    while (from < audio.length) {
      int take = Math.min(AudioFrame.SAMPLES - filled, audio.length - from);
      System.arraycopy(audio, from, pending, filled, take);
      filled += take;
      from += take;
      if (filled == AudioFrame.SAMPLES) {
        byte[] whole = pending;
        pending = new byte[AudioFrame.SAMPLES];
        filled = 0;
        sink.frame(AudioFrame.of(whole));
      }
    }
  }

  /// Samples that wait for the rest of their frame, 0 to 159.
  public int pending() {
    return filled;
  }

  /// The rest, filled up with silence to a whole frame; empty if nothing waits.
  public Optional<AudioFrame> flush() {
    if (filled == 0) {
      return Optional.empty();
    }
    Arrays.fill(pending, filled, AudioFrame.SAMPLES, Mulaw.SILENCE);
    byte[] whole = pending;
    pending = new byte[AudioFrame.SAMPLES];
    filled = 0;
    return Optional.of(AudioFrame.of(whole));
  }

  /// Forgets what waits.
  public void reset() {
    filled = 0;
  }
}
