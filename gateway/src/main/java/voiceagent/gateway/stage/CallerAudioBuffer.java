package voiceagent.gateway.stage;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.BiConsumer;
import voiceagent.kit.audio.AudioFrame;

/// The caller's audio since the first frame that STT has not confirmed. One thread.
///
/// Full at [#MAX_SAMPLES]: the oldest is forgotten and counted as lost.
final class CallerAudioBuffer {
  /// Sixty seconds.
  static final int MAX_SAMPLES = 60 * AudioFrame.RATE;

  private final Deque<AudioFrame> frames = new ArrayDeque<>();
  private long start;
  private long end;
  private long lost;

  /// Takes the next frame in.
  ///
  /// @return offset of its first sample since the call's `start`
  long add(AudioFrame frame) {
    frames.addLast(frame);
    long offset = end;
    end += frame.length();
    while (end - start > MAX_SAMPLES) {
      int length = frames.removeFirst().length();
      start += length;
      lost += length;
    }
    return offset;
  }

  /// Forgets the frames that lie wholly before an offset.
  void confirm(long offset) {
    while (!frames.isEmpty() && start + frames.getFirst().length() <= offset) {
      start += frames.removeFirst().length();
    }
  }

  /// Offset of the first sample kept.
  long start() {
    return start;
  }

  /// Offset behind the last sample.
  long end() {
    return end;
  }

  /// Samples forgotten unconfirmed.
  long lost() {
    return lost;
  }

  /// Each frame kept, in order, with the offset of its first sample.
  void forEach(BiConsumer<Long, AudioFrame> action) {
    long offset = start;
    for (AudioFrame frame : frames) {
      action.accept(offset, frame);
      offset += frame.length();
    }
  }
}
