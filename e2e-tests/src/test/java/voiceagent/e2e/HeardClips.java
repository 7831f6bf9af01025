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

  /// Where a clip begins in what the caller has heard from a point on.
  ///
  /// @return in samples of the call; -1 if it is not there
  static long find(Caller caller, String clip, long from) {
    byte[] heard = caller.recording().agent();
    byte[] wanted = Arrays.copyOfRange(clip(clip), 1600, 4800);
    for (int at = (int) from; at + wanted.length <= heard.length; at++) {
      if (Arrays.equals(heard, at, at + wanted.length, wanted, 0, wanted.length)) {
        return at;
      }
    }
    return -1;
  }

  /// Whether a caller heard this audio.
  static boolean holds(Caller caller, byte[] clip) {
    byte[] heard = caller.recording().agent();
    byte[] wanted = Arrays.copyOfRange(clip, 1600, 4800);
    for (int at = 0; at + wanted.length <= heard.length; at++) {
      if (Arrays.equals(heard, at, at + wanted.length, wanted, 0, wanted.length)) {
        return true;
      }
    }
    return false;
  }

  static void await(Caller caller, String clip, long from, Duration deadline) {
    caller.await("the clip " + clip, deadline, () -> find(caller, clip, from) >= 0);
  }
}
