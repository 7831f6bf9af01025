package voiceagent.stt.deepgram;

import io.netty.channel.EventLoop;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import voiceagent.kit.observe.CallScope;
import voiceagent.kit.socket.ProviderException;
import voiceagent.kit.time.LoopTimers;
import voiceagent.kit.time.Timers;
import voiceagent.stt.recognize.Receipt;
import voiceagent.stt.recognize.Recognition;
import voiceagent.stt.recognize.RecognitionRequest;
import voiceagent.stt.recognize.SpeechEvent;

/// One call at Deepgram. Keeps the audio that is not accounted for and sends it again when a
/// connection is lost, silent or refused, so that no word depends on a connection. On the call's
/// event loop.
///
/// A refusal that would come again, such as a wrong key, ends it at once; so do three connections
/// in a row that never gave a result.
final class DeepgramSession implements Recognition, DeepgramSocket.Listener, Turns.Call {
  private static final System.Logger LOG = System.getLogger(DeepgramSession.class.getName());
  private static final String PROVIDER = "deepgram";

  /// The close code of "policy violation": the audio or a parameter is not what Deepgram takes.
  private static final int POLICY = 1008;

  /// Each time so much audio came, the confirmed offset is told, new or not: 500 ms.
  private static final int SIGN_OF_LIFE = 4000;

  /// By it Flux has made up its mind, as a rule.
  private static final Duration FLUX_PAUSE = Duration.ofMillis(1500);

  private final DeepgramConfig config;
  private final EventLoop loop;
  private final Timers timers;
  private final DeepgramMeters meters;
  private final Consumer<SpeechEvent> events;
  private final Turns turns;
  private final KeptAudio kept;
  private final Silence silence = new Silence();
  private final Losses losses = new Losses();

  private RecognitionRequest request;
  private @Nullable DeepgramSocket socket;
  private @Nullable CatchUp sending;
  private boolean over;
  private boolean outdated;
  private Duration retryAfter = Duration.ZERO;
  private long confirmed;
  private int sinceSignOfLife;

  DeepgramSession(
      DeepgramConfig config,
      RecognitionRequest request,
      EventLoop loop,
      DeepgramMeters meters,
      Consumer<SpeechEvent> events) {
    this.config = config;
    this.request = request;
    this.loop = loop;
    this.meters = meters;
    this.events = events;
    timers = new LoopTimers(loop);
    turns =
        config.isFlux()
            ? new FluxTurns(timers, request, this)
            : new ListenTurns(timers, config.utteranceEnd(), this);
    kept = new KeptAudio(request.resumeFrom());
    confirmed = request.resumeFrom();
  }

  /// Begins the first connection, or the next.
  void connect() {
    outdated = false;
    DeepgramSocket next = new DeepgramSocket(loop, timers, config, meters, kept.start(), this);
    socket = next;
    next.open(DeepgramUri.of(config, request));
  }

  @Override
  public void audio(long offset, byte[] mulaw) {
    if (over) {
      return;
    }
    kept.add(offset, mulaw, timers.nanos());
    if (sending != null) {
      sending.live();
      if (silence.isSuspicious(turns.patience(), timers.nanos())) {
        mute("no message for " + turns.patience().toSeconds() + " s of speech");
      }
    }
    sinceSignOfLife += mulaw.length;
    if (sinceSignOfLife >= SIGN_OF_LIFE) {
      tellConfirmed();
    }
  }

  @Override
  public void endTurn() {
    if (!over) {
      if (sending != null) {
        sending.flush();
      }
      turns.endTurn();
    }
  }

  @Override
  public void update(UnaryOperator<RecognitionRequest> change) {
    RecognitionRequest before = request;
    request = change.apply(request);
    turns.changed(before, request);
  }

  @Override
  public void close(Runnable closed) {
    over = true;
    turns.close();
    if (sending != null) {
      sending.flush();
    }
    stopSending();
    if (socket == null) {
      closed.run();
    } else {
      socket.finish(closed);
    }
  }

  @Override
  public void opened(DeepgramSocket from) {
    if (from != socket) {
      from.abandon();
      return;
    }
    log(Level.DEBUG, "connected, request " + from.requestId());
    losses.opened(timers.nanos());
    silence.heard();
    turns.connected(from);
    sending =
        new CatchUp(
            kept,
            from,
            config.isFlux() ? CatchUp.Grouping.FLUX : CatchUp.Grouping.AS_IT_COMES,
            timers,
            pause(),
            this::sent);
    sending.start();
  }

  /// Silence that Deepgram needs to end a turn.
  private Duration pause() {
    return config.isFlux() ? FLUX_PAUSE : request.endpointingOr(config.endpointing());
  }

  private void sent(boolean voiced, int samples) {
    silence.sent(voiced, samples, timers.nanos());
    turns.sent(voiced, samples);
  }

  @Override
  public void refused(DeepgramSocket from, ProviderException error) {
    if (from != socket) {
      return;
    }
    String requestId = error.header("dg-request-id").orElse("");
    String detail =
        error.getMessage()
            + error.header("dg-error").map(e -> " (" + e + ")").orElse("")
            + (requestId.isEmpty() ? "" : ", request " + requestId);
    if (error.retryable()) {
      retryAfter = error.header("retry-after").map(DeepgramCodec::seconds).orElse(Duration.ZERO);
      lost("refused", detail);
    } else {
      fail(true, detail, requestId);
    }
  }

  @Override
  public void gone(DeepgramSocket from, int code, String reason) {
    if (from != socket || over) {
      return;
    }
    String detail = "closed with " + code + " " + reason + ", request " + from.requestId();
    if (code == POLICY) {
      fail(true, detail, from.requestId());
    } else {
      lost("lost", detail);
    }
  }

  @Override
  public void ended(DeepgramSocket from, int code, String reason) {
    log(
        Level.DEBUG,
        "connection ended with " + code + " " + reason + ", request " + from.requestId());
  }

  @Override
  public void message(DeepgramSocket from, DeepgramMessage message, long nanos) {
    if (from != socket) {
      return;
    }
    silence.heard();
    if (message instanceof DeepgramMessage.Results
        || message instanceof DeepgramMessage.TurnInfo
        || message instanceof DeepgramMessage.SpeechStarted) {
      losses.heard();
    }
    turns.message(from, message, nanos);
  }

  // --- What the turns ask for. ---

  @Override
  public void event(SpeechEvent event) {
    events.accept(event);
  }

  @Override
  public Receipt receipt(DeepgramSocket from, long end, long nanos) {
    long arrival = kept.arrival(end);
    return new Receipt(from.requestId(), arrival == 0 ? nanos : arrival, nanos);
  }

  @Override
  public long sentUntil() {
    return sending == null ? Long.MAX_VALUE : sending.sentUntil();
  }

  @Override
  public void confirm(long offset) {
    if (offset > confirmed) {
      confirmed = offset;
      kept.forget(offset);
      tellConfirmed();
    }
  }

  private void tellConfirmed() {
    sinceSignOfLife = 0;
    events.accept(new SpeechEvent.Confirmed(confirmed));
  }

  @Override
  public void mute(String why) {
    lost("mute", why);
  }

  @Override
  public void renew() {
    outdated = true;
    betweenTurns();
  }

  @Override
  public void betweenTurns() {
    DeepgramSocket old = socket;
    if (!outdated || over || old == null || !turns.isIdle()) {
      return;
    }
    meters.reconnect("updated");
    stopSending();
    turns.disconnected();
    old.finish(() -> {});
    connect();
  }

  private void lost(String cause, String detail) {
    DeepgramSocket old = socket;
    if (over) {
      return;
    }
    socket = null;
    if (old != null) {
      old.abandon();
    }
    stopSending();
    turns.disconnected();
    log(Level.WARNING, "connection " + cause + ": " + detail);
    Optional<Duration> wait = losses.lost(timers.nanos(), cause.equals("mute"));
    if (wait.isEmpty()) {
      fail(false, detail, old == null ? "" : old.requestId());
      return;
    }
    meters.reconnect(cause);
    var _ =
        timers.after(
            wait.get(),
            () -> {
              if (!over && socket == null) {
                connect();
              }
            });
  }

  private void fail(boolean permanent, String detail, String requestId) {
    over = true;
    turns.close();
    stopSending();
    if (socket != null) {
      socket.abandon();
      socket = null;
    }
    meters.failure(permanent);
    log(Level.WARNING, "given up: " + detail);
    events.accept(new SpeechEvent.Failure(permanent, PROVIDER, detail, retryAfter, requestId));
  }

  private void stopSending() {
    if (sending != null) {
      sending.stop();
      sending = null;
    }
  }

  @Override
  public void log(Level level, String message) {
    CallScope.run(request.call(), () -> LOG.log(level, "deepgram: {0}", message));
  }
}
