package voiceagent.gateway.call;

import voiceagent.kit.audio.AudioFrame;

/// A live call as its media stream sees it. None of these blocks; order is kept.
public interface CallLine {
  /// The caller's audio as it came.
  void audio(AudioFrame frame);

  /// A mark came back: what was sent before it was played, or thrown away by a clear.
  void mark(String name);

  /// The caller pressed a key.
  ///
  /// @param digit 0-9, *, #, A-D; never logged
  void dtmf(char digit);

  /// The stream is over. Harmless when repeated.
  ///
  /// @param reason one word for logs and metrics: "stop", "closed", "protocol", "write-timeout", …
  void ended(String reason);
}
