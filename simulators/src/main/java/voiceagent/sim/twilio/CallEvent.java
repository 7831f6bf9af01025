package voiceagent.sim.twilio;

/// Something that happened in a call, as the carrier knows it.
public sealed interface CallEvent {
  /// When, in samples at 8000 Hz since the call's first stream started.
  long at();

  record StreamStarted(long at, String streamSid) implements CallEvent {}

  /// @param reason for people
  record StreamEnded(long at, String reason) implements CallEvent {}

  /// @param wordsEnd end of the last word; end of the sound if it has no words
  /// @param end of the sound
  record CallerSaid(long at, long wordsEnd, long end, String name) implements CallEvent {}

  record DigitPressed(long at) implements CallEvent {}

  /// Audio came from the gateway.
  ///
  /// @param length in samples
  /// @param playsAt where it is played, unless it is cleared before
  record AudioReceived(long at, int length, long playsAt) implements CallEvent {}

  record MarkReceived(long at, String name) implements CallEvent {}

  /// @param played false if a clear threw away what was before it
  record MarkEchoed(long at, String name, boolean played) implements CallEvent {}

  /// @param discarded samples that are never played
  record Cleared(long at, long discarded) implements CallEvent {}

  /// The first audio of an utterance of the agent's is played.
  record AgentSpeaks(long at) implements CallEvent {}

  /// An utterance of the agent's is over: at its last sample, known later.
  record AgentQuiet(long at) implements CallEvent {}

  /// Nothing to play within a reply, for less than a second: heard as a stutter.
  record Underrun(long at, long end) implements CallEvent {}
}
