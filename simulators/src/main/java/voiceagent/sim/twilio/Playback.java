package voiceagent.sim.twilio;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalLong;
import voiceagent.kit.audio.AudioFrame;

/// What Twilio has still to play of one stream, and its playing: 8000 samples a second, in the
/// order received, from the moment there is any. Marks are reached when all before them is played.
///
/// Without a clock: times are positions in samples on the call's timeline, and never fall. One
/// thread.
public final class Playback {
  /// Full: more audio is refused. Ten minutes; Twilio names no limit.
  static final int MAX_SAMPLES = 10 * 60 * AudioFrame.RATE;

  /// Told what becomes of the audio and the marks, in order.
  public interface Ear {
    /// @param from position of the first sample
    void played(long from, byte[] mulaw, int offset, int length);

    /// @param at where; after [#clear], where that came
    /// @param played false if the audio before it was thrown away
    void reached(long at, String mark, boolean played);
  }

  private sealed interface Item {
    record Audio(AudioFrame frame) implements Item {}

    record Mark(String name) implements Item {}
  }

  private final Ear ear;
  private final Deque<Item> queue = new ArrayDeque<>();
  private long playhead;
  private int headPlayed;
  private int samples;
  private long buffer;

  /// @param start position at which the stream began
  public Playback(long start, Ear ear) {
    this.ear = ear;
    playhead = start;
  }

  /// From now on audio that comes after silence is played so many samples later, as behind a jitter
  /// buffer; a clear empties that too.
  public void buffer(long length) {
    buffer = length;
  }

  /// Adds audio behind all that waits.
  ///
  /// @return where it will be played; empty if the buffer is full and it is lost
  public OptionalLong media(long now, AudioFrame frame) {
    advance(now);
    if (samples + frame.length() > MAX_SAMPLES) {
      return OptionalLong.empty();
    }
    if (samples == 0) {
      playhead = Math.max(playhead, now + buffer);
    }
    long from = playhead + samples;
    queue.add(new Item.Audio(frame));
    samples += frame.length();
    return OptionalLong.of(from);
  }

  /// Adds a mark behind all that waits; with nothing to play it is reached at once.
  public void mark(long now, String name) {
    advance(now);
    if (samples == 0) {
      ear.reached(now, name, true);
    } else {
      queue.add(new Item.Mark(name));
    }
  }

  /// Throws away what is not played; the marks in it are reached at once, in order.
  ///
  /// @return samples thrown away
  public int clear(long now) {
    advance(now);
    int lost = samples;
    for (Item item : queue) {
      if (item instanceof Item.Mark(String name)) {
        ear.reached(now, name, false);
      }
    }
    queue.clear();
    samples = 0;
    headPlayed = 0;
    playhead = Math.min(playhead, now);
    return lost;
  }

  /// Plays up to a position.
  public void advance(long now) {
    while (!queue.isEmpty()) {
      switch (queue.peek()) {
        case Item.Mark(String name) -> ear.reached(playhead, name, true);
        case Item.Audio(AudioFrame frame) -> {
          int count = (int) Math.min(frame.length() - headPlayed, now - playhead);
          if (count > 0) {
            ear.played(playhead, frame.mulaw(), headPlayed, count);
            playhead += count;
            headPlayed += count;
            samples -= count;
          }
          if (headPlayed < frame.length()) {
            return;
          }
          headPlayed = 0;
        }
      }
      queue.remove();
    }
  }

  /// Where the next mark will be reached.
  OptionalLong nextMark() {
    long at = playhead - headPlayed;
    for (Item item : queue) {
      switch (item) {
        case Item.Mark _ -> {
          return OptionalLong.of(at);
        }
        case Item.Audio(AudioFrame frame) -> at += frame.length();
      }
    }
    return OptionalLong.empty();
  }

  /// Whether all was played.
  boolean dry() {
    return samples == 0;
  }

  /// Up to where was played: if [#dry], since when.
  long playhead() {
    return playhead;
  }
}
