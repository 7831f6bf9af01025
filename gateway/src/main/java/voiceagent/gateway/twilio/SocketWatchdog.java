package voiceagent.gateway.twilio;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import voiceagent.kit.time.Timers;

/// Looks at every media stream five times a second: what blocks, hangs or has vanished is ended.
final class SocketWatchdog implements AutoCloseable {
  private static final Duration EVERY = Duration.ofMillis(200);

  /// A pause of this whole process: what peers said meanwhile was not read yet.
  private static final long STALL_NANOS = Duration.ofSeconds(1).toNanos();

  private final Set<TwilioSocket> sockets = ConcurrentHashMap.newKeySet();
  private final Timers timers;
  private volatile boolean running = true;
  private long looked;

  SocketWatchdog(Timers timers) {
    this.timers = timers;
    looked = timers.nanos();
    look();
  }

  void watch(TwilioSocket socket) {
    sockets.add(socket);
  }

  void forget(TwilioSocket socket) {
    sockets.remove(socket);
  }

  @Override
  public void close() {
    running = false;
  }

  private void look() {
    if (running) {
      long now = timers.nanos();
      boolean stalled = now - looked > STALL_NANOS;
      looked = now;
      sockets.forEach(stalled ? s -> s.excuse(now) : s -> s.check(now));
      var _ = timers.after(EVERY, this::look);
    }
  }
}
