package voiceagent.stt.deepgram;

import java.time.Duration;
import voiceagent.stt.recognize.Receipt;
import voiceagent.stt.recognize.RecognitionRequest;
import voiceagent.stt.recognize.SpeechEvent;

/// What the messages of one of Deepgram's APIs mean for a call's turns. On the call's event loop.
interface Turns {
  /// The call as its turns see it.
  interface Call {
    void event(SpeechEvent event);

    /// All audio before an offset is accounted for.
    void confirm(long offset);

    /// Nothing of a turn is pending any more.
    void betweenTurns();

    /// The connection is open and says nothing, though it should: it is replaced.
    void mute(String why);

    /// Deepgram cannot be told of a change: the connection is replaced between two turns.
    void renew();

    /// Offset after the last sample that Deepgram was sent.
    long sentUntil();

    Receipt receipt(DeepgramSocket from, long end, long nanos);

    void log(System.Logger.Level level, String message);
  }

  /// A connection listens, for the first time or again.
  void connected(DeepgramSocket socket);

  /// It is gone; what was not confirmed will be heard again.
  void disconnected();

  /// @param nanos when it came
  void message(DeepgramSocket from, DeepgramMessage message, long nanos);

  /// Audio of the call was sent.
  void sent(boolean voiced, int samples);

  /// The gateway ends the turn.
  void endTurn();

  /// The call asks for something else from now on.
  void changed(RecognitionRequest before, RecognitionRequest now);

  /// After so much unanswered speech the connection is mute.
  Duration patience();

  /// Whether nothing of a turn is pending.
  boolean isIdle();

  /// No timer runs any more.
  void close();
}
