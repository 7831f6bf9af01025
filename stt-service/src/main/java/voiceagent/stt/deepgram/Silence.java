package voiceagent.stt.deepgram;

import java.time.Duration;

/// Notices a provider that is sent speech and says nothing: open is not alive. One thread.
///
/// The clock starts with the first speech since the provider's last message and runs on through the
/// pause after it; both so much audio must have gone and so much time passed.
final class Silence {
  /// Less speech than this may be a click, which nobody has to answer: 200 ms.
  private static final long LEAST_SPEECH = 1600;

  private boolean waiting;
  private long since;
  private long sent;
  private long speech;

  /// The provider said something.
  void heard() {
    waiting = false;
  }

  /// Audio was sent to it.
  void sent(boolean voiced, int samples, long nanos) {
    if (!waiting && voiced) {
      waiting = true;
      since = nanos;
      sent = 0;
      speech = 0;
    }
    sent += samples;
    speech += voiced ? samples : 0;
  }

  /// @param patience audio, and time, without an answer
  boolean isSuspicious(Duration patience, long nanos) {
    return waiting
        && speech >= LEAST_SPEECH
        && sent >= patience.toMillis() * 8
        && nanos - since >= patience.toNanos();
  }
}
