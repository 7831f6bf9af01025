package voiceagent.sim.twilio;

import java.util.OptionalLong;

/// Positions in samples at 8000 Hz since the start of a call's first stream, by the wall clock. One
/// thread.
final class CallTimeline {
  private static final long NANOS_PER_SAMPLE = 125_000;

  private OptionalLong zero = OptionalLong.empty();

  /// A stream starts; the call's first is position 0.
  long start(long nanos) {
    if (zero.isEmpty()) {
      zero = OptionalLong.of(nanos);
    }
    return at(nanos);
  }

  /// The position of an instant of `System.nanoTime`; 0 before the first stream.
  long at(long nanos) {
    return zero.isEmpty() ? 0 : (nanos - zero.getAsLong()) / NANOS_PER_SAMPLE;
  }

  /// The instant of a position.
  long nanos(long at) {
    return zero.orElse(0) + at * NANOS_PER_SAMPLE;
  }
}
