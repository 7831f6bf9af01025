package voiceagent.stt.recognize;

import java.util.function.UnaryOperator;

/// A recogniser that listens to one call. All methods on the call's event loop; none blocks.
public interface Recognition {
  /// The next stretch of the caller's audio, without gaps.
  ///
  /// @param offset of its first sample, since the call's `start`
  /// @param mulaw not to be changed any more
  void audio(long offset, byte[] mulaw);

  /// The turn is over, by somebody else's judgement: settles what there is and ends it.
  void endTurn();

  /// Changes what was asked for at the beginning; takes effect between two turns.
  void update(UnaryOperator<RecognitionRequest> change);

  /// The call is over: lets go of the provider within 1 s, then runs the task. Harmless when
  /// repeated; each task runs.
  void close(Runnable closed);
}
