package voiceagent.gateway.playout;

import voiceagent.kit.audio.AudioFrame;

/// Port: the way to the caller's ear. Commands reach the carrier in the order given, whoever gives
/// them, and set out together at the next [#flush].
///
/// None of these blocks. Each tells false when the command is lost: the socket is closed, or its
/// queue is full because the carrier does not read, which ends the call.
public interface Carrier {
  /// Audio to be played after all that was given before.
  boolean media(AudioFrame frame);

  /// To be echoed when all media before it was played, or thrown away.
  boolean mark(String name);

  /// Throw away what is not yet played; pending marks are echoed at once.
  boolean clear();

  /// Sends what was given so far.
  void flush();

  /// Ends the stream; what is queued is still sent, for 1 s at most. Harmless when repeated.
  void close(String reason);
}
