package voiceagent.e2e;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import voiceagent.sim.speech.SpeechSynthesizer;
import voiceagent.sim.twilio.CallRecording;
import voiceagent.sim.twilio.CallRecording.Range;
import voiceagent.sim.twilio.Caller;

/// What a caller heard of the voice by which the Cartesia simulator speaks, found by its bytes.
final class HeardSpeech {
  private static final SpeechSynthesizer VOICE = new SpeechSynthesizer();

  private HeardSpeech() {}

  /// What was played from one point of a call to another, without the gaps.
  static byte[] between(Caller caller, long from, long to) {
    CallRecording recording = caller.recording();
    byte[] audio = recording.agent();
    ByteArrayOutputStream heard = new ByteArrayOutputStream();
    for (Range range : recording.played()) {
      int begin = (int) Math.max(from, range.from());
      int end = (int) Math.min(Math.min(to, range.to()), audio.length);
      if (begin < end) {
        heard.write(audio, begin, end - begin);
      }
    }
    return heard.toByteArray();
  }

  /// How often a text, spoken as one input, was heard to its end from a point on.
  static int count(Caller caller, String text, long from) {
    byte[] wanted = VOICE.speak(text).mulaw();
    byte[] heard = between(caller, from, Long.MAX_VALUE);
    int count = 0;
    for (int at = 0; at + wanted.length <= heard.length; at++) {
      if (Arrays.equals(heard, at, at + wanted.length, wanted, 0, wanted.length)) {
        count++;
        at += wanted.length - 1;
      }
    }
    return count;
  }
}
