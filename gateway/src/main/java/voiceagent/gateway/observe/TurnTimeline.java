package voiceagent.gateway.observe;

import java.time.Duration;

/// The stamps of one turn, by one clock, in nanoseconds. One thread.
public final class TurnTimeline {
  /// What a turn took.
  ///
  /// @param gap end of turn in to first frame out
  /// @param own the part of it that no provider had
  /// @param stt the STT stage's own part, before the gap
  /// @param brain end of turn to first clause
  /// @param tts first clause to first audio
  public record Figures(Duration gap, Duration own, Duration stt, Duration brain, Duration tts) {}

  private final long endOfTurn;
  private final long sttMicros;
  private long firstClause;
  private long firstAudio;

  /// @param sttMicros the STT stage's own time for the end of turn
  public TurnTimeline(long nowNanos, long sttMicros) {
    endOfTurn = nowNanos;
    this.sttMicros = sttMicros;
  }

  /// The first clause of the answer is there.
  public void clause(long nowNanos) {
    if (firstClause == 0) {
      firstClause = nowNanos;
    }
  }

  /// The first audio of the answer is there, and handed to the carrier.
  public void audio(long nowNanos) {
    if (firstAudio == 0) {
      firstAudio = nowNanos;
    }
  }

  /// @param brainStageMicros the brain stage's own time
  /// @param ttsStageMicros the TTS stage's own time
  public Figures figures(long brainStageMicros, long ttsStageMicros) {
    return new Figures(
        between(endOfTurn, firstAudio),
        Duration.ofNanos((sttMicros + brainStageMicros + ttsStageMicros) * 1000),
        Duration.ofNanos(sttMicros * 1000),
        between(endOfTurn, firstClause),
        between(firstClause, firstAudio));
  }

  private static Duration between(long from, long to) {
    return Duration.ofNanos(Math.max(0, to - from));
  }
}
