package voiceagent.sim.twilio;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import voiceagent.kit.audio.AudioFrame;
import voiceagent.kit.audio.Mulaw;
import voiceagent.sim.speech.Wav;

/// The truth of one call: what each side said and heard, to the sample, and when all else happened.
/// Written while the call goes on, read by any thread.
///
/// Position 0 is the start of the call's first stream, by the wall clock; a frame of the caller's
/// lies where it was spoken, which ends when it is sent. Silence stands where nothing was played.
public final class CallRecording {
  /// Later audio is not kept: an hour.
  static final int MAX_SAMPLES = 3600 * AudioFrame.RATE;

  /// Later events are not kept.
  private static final int MAX_EVENTS = 500_000;

  /// Slots of 1 ms; the last takes all that is later.
  private static final int LATENESS_SLOTS = 2000;

  private static final int LOOK_AGAIN_MS = 100;

  /// Audio that was played without a gap.
  ///
  /// @param from first sample
  /// @param to first sample after it
  public record Range(long from, long to) {}

  private final boolean keepsAudio;
  private final List<CallEvent> events = new ArrayList<>();
  private final Map<Class<?>, List<CallEvent>> byKind = new HashMap<>();
  private final List<Range> played = new ArrayList<>();
  private final int[] lateness = new int[LATENESS_SLOTS];
  private byte[] caller = new byte[0];
  private byte[] agent = new byte[0];
  private int callerLength;
  private int agentLength;

  CallRecording(boolean keepsAudio) {
    this.keepsAudio = keepsAudio;
  }

  /// All events so far, in the order in which they became known.
  public synchronized List<CallEvent> events() {
    return List.copyOf(events);
  }

  /// The events of one kind so far.
  public synchronized <E extends CallEvent> List<E> events(Class<E> kind) {
    return byKind.getOrDefault(kind, List.of()).stream().map(kind::cast).toList();
  }

  synchronized int count(Class<? extends CallEvent> kind) {
    return byKind.getOrDefault(kind, List.of()).size();
  }

  /// When the agent was heard, in order.
  public synchronized List<Range> played() {
    return List.copyOf(played);
  }

  /// The caller's channel: mu-law, 8000 Hz.
  public synchronized byte[] caller() {
    return Arrays.copyOf(caller, callerLength);
  }

  /// What the caller heard: mu-law, 8000 Hz.
  public synchronized byte[] agent() {
    return Arrays.copyOf(agent, agentLength);
  }

  /// A stereo file: the caller left, the agent right.
  public byte[] wav() {
    return Wav.stereo(caller(), agent());
  }

  /// How late frames left, against the wall clock.
  ///
  /// @param quantile of all frames sent, 0 to 1
  public synchronized Duration sendLateness(double quantile) {
    long all = Arrays.stream(lateness).asLongStream().sum();
    long within = 0;
    for (int ms = 0; ms < LATENESS_SLOTS; ms++) {
      within += lateness[ms];
      if (within >= all * quantile) {
        return Duration.ofMillis(ms + 1L);
      }
    }
    return Duration.ofMillis(LATENESS_SLOTS);
  }

  synchronized void add(CallEvent event) {
    if (events.size() < MAX_EVENTS && (keepsAudio || !(event instanceof CallEvent.AudioReceived))) {
      events.add(event);
      byKind.computeIfAbsent(event.getClass(), _ -> new ArrayList<>()).add(event);
    }
    if (!(event instanceof CallEvent.AudioReceived || event instanceof CallEvent.MarkReceived)) {
      notifyAll();
    }
  }

  synchronized void said(long from, byte[] mulaw, long lateNanos) {
    lateness[Math.clamp(lateNanos / 1_000_000, 0, LATENESS_SLOTS - 1)]++;
    if (keepsAudio && from + mulaw.length <= MAX_SAMPLES) {
      int to = (int) from + mulaw.length;
      caller = room(caller, to);
      System.arraycopy(mulaw, 0, caller, (int) from, mulaw.length);
      callerLength = Math.max(callerLength, to);
    }
  }

  synchronized void played(long from, byte[] mulaw, int offset, int length) {
    if (!played.isEmpty() && played.getLast().to() == from) {
      played.set(played.size() - 1, new Range(played.getLast().from(), from + length));
    } else if (played.size() < MAX_EVENTS) {
      played.add(new Range(from, from + length));
    }
    if (keepsAudio && from + length <= MAX_SAMPLES) {
      int to = (int) from + length;
      agent = room(agent, to);
      System.arraycopy(mulaw, offset, agent, (int) from, length);
      agentLength = Math.max(agentLength, to);
    }
  }

  /// Something that is no event has changed: who waits looks again.
  synchronized void changed() {
    notifyAll();
  }

  /// Waits until something holds; looks at each event that is no frame, and every 100 ms.
  ///
  /// @return whether it does
  synchronized boolean await(Supplier<Boolean> condition, Duration deadline)
      throws InterruptedException {
    long end = System.nanoTime() + deadline.toNanos();
    while (!condition.get()) {
      long left = end - System.nanoTime();
      if (left <= 0) {
        return false;
      }
      wait(Math.clamp(left / 1_000_000, 1, LOOK_AGAIN_MS));
    }
    return true;
  }

  private static byte[] room(byte[] audio, int length) {
    if (length <= audio.length) {
      return audio;
    }
    byte[] larger = Arrays.copyOf(audio, Math.max(length, audio.length + audio.length / 2));
    Arrays.fill(larger, audio.length, larger.length, Mulaw.SILENCE);
    return larger;
  }
}
