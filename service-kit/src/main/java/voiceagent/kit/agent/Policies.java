package voiceagent.kit.agent;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/// An agent's own values for settings of the gateway; empty: the setting's.
///
/// @param keysAreTurns keys that the caller presses unasked are a turn of theirs
public record Policies(
    OptionalInt minInterruptionWords,
    Optional<Boolean> interruptionHold,
    Optional<Duration> idlePrompt,
    OptionalInt idlePromptMax,
    Optional<Duration> maxCall,
    boolean keysAreTurns) {
  /// None of its own.
  public static final Policies NONE =
      new Policies(
          OptionalInt.empty(),
          Optional.empty(),
          Optional.empty(),
          OptionalInt.empty(),
          Optional.empty(),
          true);
}
