package voiceagent.stt.deepgram;

import io.netty.channel.EventLoop;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import voiceagent.kit.audio.Mulaw;
import voiceagent.kit.socket.ProviderException;
import voiceagent.kit.socket.ProviderSocket;
import voiceagent.kit.time.Timers;
import voiceagent.stt.recognize.Word;

/// One connection to either API: audio and commands out, messages in, kept alive while no audio
/// flows. All on one event loop.
final class DeepgramSocket {
  private static final Duration GOODBYE = Duration.ofMillis(700);
  private static final Duration GIVE_UP = Duration.ofMillis(950);
  private static final int NORMAL = 1000;

  /// 80 ms, the size that Flux wants.
  private static final int FILLER = 640;

  /// Told of a connection, in this order: opened or refused; messages; gone, once, after opened.
  interface Listener {
    void opened(DeepgramSocket from);

    void refused(DeepgramSocket from, ProviderException error);

    /// @param nanos when it came
    void message(DeepgramSocket from, DeepgramMessage message, long nanos);

    /// It ended by itself.
    ///
    /// @param code of the close frame, 1006 without one
    void gone(DeepgramSocket from, int code, String reason);

    /// An open connection has ended, whoever wanted it.
    void ended(DeepgramSocket from, int code, String reason);
  }

  private final EventLoop loop;
  private final Timers timers;
  private final DeepgramConfig config;
  private final DeepgramMeters meters;
  private final Listener listener;
  private final StreamClock clock;

  private @Nullable CompletableFuture<ProviderSocket> opening;
  private @Nullable ProviderSocket socket;
  private Timers.@Nullable Timer aliveTimer;
  private Runnable onGone = () -> {};
  private boolean finishing;
  private boolean gone;
  private long lastSent;

  /// @param origin offset of the call's audio that will be sent first
  DeepgramSocket(
      EventLoop loop,
      Timers timers,
      DeepgramConfig config,
      DeepgramMeters meters,
      long origin,
      Listener listener) {
    this.loop = loop;
    this.timers = timers;
    this.config = config;
    this.meters = meters;
    this.listener = listener;
    clock = new StreamClock(origin);
  }

  /// Connects; the listener is told within 7 s.
  void open(URI uri) {
    long begin = timers.nanos();
    Map<String, String> headers = Map.of("Authorization", "Token " + config.key().reveal());
    CompletableFuture<ProviderSocket> attempt =
        ProviderSocket.open(loop, uri, headers, new Messages());
    opening = attempt;
    var _ =
        attempt.whenComplete((opened, error) -> {
          if (error == null) {
            meters.connected(Duration.ofNanos(timers.nanos() - begin));
            opened(opened);
          } else if (!attempt.isCancelled()) {
            listener.refused(this, refusal(error));
          }
        });
  }

  private static ProviderException refusal(Throwable error) {
    Throwable cause = error instanceof CompletionException wrapped ? wrapped.getCause() : error;
    return cause instanceof ProviderException refused
        ? refused
        : ProviderException.unreachable(String.valueOf(cause));
  }

  private void opened(ProviderSocket opened) {
    socket = opened;
    lastSent = timers.nanos();
    keepAliveIn(config.keepAlive());
    listener.opened(this);
  }

  /// Deepgram's id of the connection, for its support.
  String requestId() {
    return socket == null ? "" : socket.header("dg-request-id");
  }

  /// A time of this connection as an offset of the call.
  long offset(double seconds) {
    return clock.offset(seconds);
  }

  /// Words of this connection as words of the call.
  List<Word> words(List<DeepgramMessage.HeardWord> heard) {
    return heard.stream()
        .map(w -> new Word(w.text(), offset(w.start()), offset(w.end()), w.confidence()))
        .toList();
  }

  /// Sends the call's audio.
  ///
  /// @param mulaw at least one byte: an empty message would end the stream
  /// @return false if Deepgram does not take it: it has to be sent again
  boolean audio(long offset, byte[] mulaw) {
    if (socket == null || !socket.binary(mulaw)) {
      return false;
    }
    lastSent = timers.nanos();
    clock.sent(offset, mulaw.length);
    meters.audio(mulaw.length);
    return true;
  }

  /// How long nothing was sent.
  Duration quiet() {
    return Duration.ofNanos(timers.nanos() - lastSent);
  }

  /// Sends silence that is none of the call's.
  void silence(int samples) {
    int left = samples;
    while (left > 0 && socket != null) {
      byte[] silence = new byte[Math.min(left, FILLER)];
      Arrays.fill(silence, Mulaw.SILENCE);
      if (!socket.binary(silence)) {
        return;
      }
      lastSent = timers.nanos();
      clock.filled(silence.length);
      left -= silence.length;
    }
  }

  /// Asks `/v1/listen` for what was heard so far.
  void finalizeSpeech() {
    if (clock.position() > 0) {
      command(DeepgramCodec.FINALIZE);
    }
  }

  /// Asks Flux to end the turn.
  void forceEndTurn() {
    command(DeepgramCodec.FORCE_END_TURN);
  }

  /// Gives Flux other key terms.
  void configure(List<String> keyterms) {
    command(DeepgramCodec.configure(keyterms));
  }

  private void command(String text) {
    if (socket != null && !finishing) {
      socket.text(text);
    }
  }

  /// Ends the stream as Deepgram wants it, within 1 s, then runs the task.
  void finish(Runnable done) {
    Runnable before = onGone;
    onGone =
        () -> {
          before.run();
          done.run();
        };
    ProviderSocket open = socket;
    if (open == null || gone) {
      abandon();
      return;
    }
    if (!finishing) {
      finishing = true;
      open.text(DeepgramCodec.CLOSE_STREAM);
      var _ = timers.after(GOODBYE, () -> open.close(NORMAL, ""));
      var _ = timers.after(GIVE_UP, this::abandon);
    }
  }

  /// Ends the connection, or the attempt, without a word.
  void abandon() {
    if (opening != null) {
      opening.cancel(false);
    }
    if (socket != null) {
      socket.abort("abandoned");
    }
    over();
  }

  private void over() {
    gone = true;
    if (aliveTimer != null) {
      aliveTimer.cancel();
    }
    Runnable task = onGone;
    onGone = () -> {};
    task.run();
  }

  private void keepAliveIn(Duration time) {
    aliveTimer =
        timers.after(
            time,
            () -> {
              if (socket == null || !socket.isOpen() || finishing) {
                return;
              }
              if (quiet().compareTo(config.keepAlive()) >= 0) {
                sayAlive();
              }
              keepAliveIn(config.keepAlive().minus(quiet()));
            });
  }

  /// Flux knows no KeepAlive, it ends the connection; and on `/v1/listen` KeepAlive counts only
  /// once there was audio, by one page of Deepgram's documentation.
  private void sayAlive() {
    if (config.isFlux() || clock.position() == 0) {
      silence(FILLER);
    } else {
      lastSent = timers.nanos();
      command(DeepgramCodec.KEEP_ALIVE);
    }
  }

  private final class Messages implements ProviderSocket.Listener {
    @Override
    public void text(String message) {
      long nanos = timers.nanos();
      try {
        listener.message(DeepgramSocket.this, DeepgramCodec.decode(message), nanos);
      } catch (ProtocolException e) {
        meters.unreadable();
        System.getLogger(DeepgramSocket.class.getName())
            .log(System.Logger.Level.WARNING, "deepgram: {0}", e.getMessage());
      }
    }

    @Override
    public void closed(int code, String reason) {
      if (socket != null) {
        listener.ended(DeepgramSocket.this, code, reason);
      }
      if (!gone && socket != null) {
        gone = true;
        listener.gone(DeepgramSocket.this, code, reason);
      }
      over();
    }
  }
}
