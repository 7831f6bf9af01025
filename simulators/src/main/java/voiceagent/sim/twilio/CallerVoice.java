package voiceagent.sim.twilio;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import voiceagent.kit.audio.AudioFrame;
import voiceagent.kit.audio.Mulaw;
import voiceagent.sim.speech.SpokenWord;
import voiceagent.sim.speech.Utterance;

/// What the caller has still to say: one utterance after the other, silence between and after them.
/// An utterance begins with a frame. One thread.
final class CallerVoice {
  /// Full: [#say] refuses.
  static final int MAX_WAITING = 1000;

  /// Told when an utterance begins and when it is over.
  interface Listener {
    void begins(CallEvent.CallerSaid said, Utterance utterance);

    void ends();
  }

  private final Deque<Utterance> waiting = new ArrayDeque<>();
  private final Listener listener;
  private byte[] current = new byte[0];
  private int spoken;

  CallerVoice(Listener listener) {
    this.listener = listener;
  }

  void say(Utterance utterance) {
    if (waiting.size() == MAX_WAITING) {
      throw new IllegalStateException(
          "the caller has " + MAX_WAITING + " utterances to say already");
    }
    waiting.add(utterance);
  }

  /// The caller's next 20 ms.
  ///
  /// @param at their position on the call's timeline
  byte[] next(long at) {
    if (current.length == 0 && !waiting.isEmpty()) {
      begin(waiting.remove(), at);
    }
    byte[] frame = new byte[AudioFrame.SAMPLES];
    int count = Math.min(frame.length, current.length - spoken);
    System.arraycopy(current, spoken, frame, 0, count);
    Arrays.fill(frame, count, frame.length, Mulaw.SILENCE);
    spoken += count;
    if (current.length > 0 && spoken == current.length) {
      cut();
    }
    return frame;
  }

  /// Nobody hears the rest of what is being said.
  void cut() {
    if (current.length > 0) {
      current = new byte[0];
      spoken = 0;
      listener.ends();
    }
  }

  private void begin(Utterance utterance, long at) {
    current = utterance.mulaw();
    spoken = 0;
    long wordsEnd =
        utterance.words().stream().mapToLong(SpokenWord::end).max().orElse(current.length);
    listener.begins(
        new CallEvent.CallerSaid(at, at + wordsEnd, at + current.length, utterance.name()),
        utterance);
  }
}
