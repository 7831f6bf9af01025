package voiceagent.e2e;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import voiceagent.gateway.GatewayMain;
import voiceagent.sim.twilio.Caller;

/// The gateway's own phrases in what a caller heard, found by their bytes.
final class HeardClips {
  /// Samples of speech that tell a clip from all others: behind its first sound, 100 ms each.
  private static final int FIRST = 1600;

  private static final int PART = 800;
  private static final int PARTS = 4;

  private HeardClips() {}

  /// In samples since the call's stream began: a caller's audio goes on in silence too.
  static long now(Caller caller) {
    return caller.recording().caller().length;
  }

  private static byte[] clip(String name) {
    try (InputStream in =
        GatewayMain.class.getResourceAsStream("/voiceagent/gateway/clips/" + name + ".ulaw")) {
      return Objects.requireNonNull(in).readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Where a clip begins in what the caller has heard from a point on. A tenth of a second of it is
  /// enough, of several: a carrier that ran dry on a busy machine has a gap between them.
  ///
  /// @return in samples of the call; -1 if it is not there
  static long find(Caller caller, String clip, long from) {
    return find(caller, clip(clip), from);
  }

  /// Whether a caller heard this audio.
  static boolean holds(Caller caller, byte[] clip) {
    return find(caller, clip, 0) >= 0;
  }

  private static long find(Caller caller, byte[] clip, long from) {
    byte[] heard = caller.recording().agent();
    for (int part = 0; part < PARTS; part++) {
      int start = FIRST + part * PART;
      for (int at = (int) from; at + PART <= heard.length; at++) {
        if (Arrays.equals(heard, at, at + PART, clip, start, start + PART)) {
          return at;
        }
      }
    }
    return -1;
  }

  static void await(Caller caller, String clip, long from, Duration deadline) {
    caller.await("the clip " + clip, deadline, () -> find(caller, clip, from) >= 0);
  }
}
