package voiceagent.tts.cartesia;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import voiceagent.kit.observe.CallScope;
import voiceagent.kit.socket.ProviderException;
import voiceagent.tts.synthesize.SynthesisMeters;

/// Keeps a socket to Cartesia open for one call: opened before any text, opened again when lost,
/// replaced before Cartesia closes it for being idle. On its event loop.
///
/// A socket for each call, not one for many: a lost socket costs one call's reply a moment, and all
/// of a call stays on one loop. Cartesia allows ten sockets for each context at once, and a call
/// has one context at most, so sockets are never the scarcer of the two.
final class WarmSocket implements CartesiaSocket.Listener {
  private static final Logger LOG = System.getLogger(WarmSocket.class.getName());
  private static final int NORMAL = 1000;

  /// Told on the loop, within the call's scope.
  interface Listener {
    /// Messages can be sent.
    void up();

    void received(CartesiaMessage message);

    /// The socket is lost and what ran on it with it; another one is being opened.
    void down(String why);

    /// Cartesia will not have us; no further attempt is made.
    void refused(String why);
  }

  private final String call;
  private final EventLoop loop;
  private final CartesiaConfig config;
  private final SynthesisMeters meters;
  private final Listener listener;

  private @Nullable CartesiaSocket current;
  private @Nullable CartesiaSocket coming;
  private @Nullable ScheduledFuture<?> timer;
  private int failures;
  private boolean closed;

  WarmSocket(
      String call,
      EventLoop loop,
      CartesiaConfig config,
      SynthesisMeters meters,
      Listener listener) {
    this.call = call;
    this.loop = loop;
    this.config = config;
    this.meters = meters;
    this.listener = listener;
  }

  void open() {
    coming = CartesiaSocket.open(loop, config, this);
  }

  boolean isUp() {
    return current != null && current.isOpen();
  }

  /// @return false if it was not sent: the socket is not up, or is as good as lost
  boolean send(String message) {
    return current != null && current.send(message);
  }

  String requestId() {
    return current == null ? "" : current.requestId();
  }

  /// Takes another socket at once: this one is open but not alive. Tells `down`.
  void replace(String why) {
    CartesiaSocket mute = current;
    current = null;
    if (coming != null) {
      coming.close();
      coming = null;
    }
    if (mute != null) {
      mute.abort();
    }
    meters.reconnect("mute");
    LOG.log(Level.INFO, "cartesia: socket replaced: {0}", why);
    stop();
    open();
    listener.down(why);
  }

  void close() {
    closed = true;
    stop();
    if (current != null) {
      current.close();
    }
    if (coming != null) {
      coming.close();
    }
  }

  @Override
  public void opened(CartesiaSocket socket) {
    in(() -> {
      if (closed || socket != coming) {
        socket.close();
        return;
      }
      coming = null;
      CartesiaSocket idle = current;
      if (idle != null && idle.isOpen() && !isIdle(idle)) {
        socket.close(); // it was used meanwhile, and must not be left in the middle of a reply
        watchIdle();
        return;
      }
      current = socket;
      if (idle != null) {
        idle.close();
      }
      watchIdle();
      listener.up();
    });
  }

  @Override
  public void refused(CartesiaSocket socket, ProviderException why) {
    in(() -> {
      if (closed || socket != coming) {
        return;
      }
      coming = null;
      String told = why.getMessage() == null ? "refused" : why.getMessage();
      LOG.log(Level.WARNING, "cartesia: no socket: {0}", told);
      if (why.retryable()) {
        meters.reconnect("refused");
        again();
      } else {
        listener.refused(told);
      }
    });
  }

  @Override
  public void received(CartesiaSocket socket, CartesiaMessage message) {
    in(() -> {
      if (!closed && socket == current) {
        failures = 0;
        listener.received(message);
      }
    });
  }

  @Override
  public void closed(CartesiaSocket socket, int code, String reason) {
    in(() -> {
      if (closed || socket != current) {
        return;
      }
      current = null;
      boolean normal = code == NORMAL;
      meters.reconnect(normal ? "idle" : "lost");
      LOG.log(
          normal ? Level.DEBUG : Level.INFO,
          "cartesia: socket closed with {0} {1}",
          String.valueOf(code),
          reason);
      if (coming == null) {
        again();
      }
      listener.down("socket closed with " + code);
    });
  }

  /// The first attempt after a loss is made at once. A socket that is accepted and then closed
  /// before it said anything counts as a failure, so that the attempts grow rare (L15).
  private void again() {
    stop();
    failures++;
    if (failures == 1) {
      open();
      return;
    }
    long most = config.patience().maxBackoff().toMillis();
    long backoff = config.patience().firstBackoff().toMillis() << Math.min(failures - 2, 10);
    long jittered =
        (long) (Math.min(most, backoff) * ThreadLocalRandom.current().nextDouble(0.75, 1.25));
    timer =
        loop.schedule(
            () -> {
              timer = null;
              open();
            },
            jittered,
            TimeUnit.MILLISECONDS);
  }

  private void watchIdle() {
    stop();
    CartesiaSocket watched = current;
    if (watched != null) {
      Duration idle = config.patience().idle();
      long rest = idle.toNanos() - (System.nanoTime() - watched.lastRequest());
      timer = loop.schedule(() -> replaceIfIdle(watched), Math.max(0, rest), TimeUnit.NANOSECONDS);
    }
  }

  private void replaceIfIdle(CartesiaSocket watched) {
    in(() -> {
      if (closed || watched != current) {
        return;
      }
      if (isIdle(watched) && coming == null) {
        meters.reconnect("idle");
        open();
      } else {
        watchIdle();
      }
    });
  }

  private boolean isIdle(CartesiaSocket socket) {
    return System.nanoTime() - socket.lastRequest() >= config.patience().idle().toNanos();
  }

  private void stop() {
    if (timer != null) {
      timer.cancel(false);
      timer = null;
    }
  }

  private void in(Runnable work) {
    CallScope.run(call, work);
  }
}
