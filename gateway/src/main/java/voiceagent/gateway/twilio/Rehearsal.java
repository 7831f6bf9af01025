package voiceagent.gateway.twilio;

import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import voiceagent.gateway.call.CallInfo;
import voiceagent.gateway.playout.Pacer;
import voiceagent.gateway.playout.Playout;
import voiceagent.kit.audio.AudioFrame;

/// A short reply to nobody, before the first call: a JVM loads a class when it first needs it, and
/// 70 ms of that between the first two frames of a greeting were heard as a stutter.
final class Rehearsal {
  private static final int MILLIS = 300;
  private static final Duration WITHIN = Duration.ofSeconds(2);

  private Rehearsal() {}

  /// Blocks for 0.1 s as a rule, for 2 s at most.
  static void run(Pacer pacer) {
    listen();
    CountDownLatch frames = new CountDownLatch(MILLIS / 20);
    NoSession nobody =
        new NoSession(text -> {
          if (text.startsWith("{\"event\":\"media\"")) {
            frames.countDown();
          }
        });
    MediaStreamWriter writer =
        new MediaStreamWriter(nobody, new TwilioCodec("MZ0"), _ -> {}, System::nanoTime);
    Playout playout = pacer.open(writer);
    playout.audio(1, new byte[MILLIS * AudioFrame.RATE / 1000]);
    playout.clauseEnd(1);
    playout.replyEnd(1);
    try {
      var _ = frames.await(WITHIN.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    playout.clear();
    pacer.close(playout);
    writer.close("rehearsed");
  }

  private static void listen() {
    String payload = Base64.getEncoder().encodeToString(new byte[AudioFrame.SAMPLES]);
    try {
      for (String message :
          new String[] {
            "{\"event\":\"media\",\"sequenceNumber\":\"2\",\"media\":{\"track\":\"inbound\","
                + "\"chunk\":\"1\",\"timestamp\":\"20\",\"payload\":\""
                + payload
                + "\"}}",
            "{\"event\":\"mark\",\"mark\":{\"name\":\"r1.1\"}}"
          }) {
        var _ = TwilioCodec.decode(message);
      }
    } catch (ProtocolException e) {
      throw new IllegalStateException("our own example cannot be read", e);
    }
    CallInfo call = new CallInfo("CA0", "", "", CallInfo.DEFAULT_AGENT, Map.of());
    var _ = Twiml.connect("localhost", CallParameters.of(call, "token"));
  }
}
