package voiceagent.stt.deepgram;

import io.netty.channel.EventLoop;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
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
import voiceagent.stt.recognize.Transcript;
import voiceagent.stt.recognize.TurnAssembly;
import voiceagent.stt.recognize.Word;

/// One call at Deepgram. Keeps the audio since the last final and sends it again when a connection
/// is lost, silent or refused, so that no word depends on a connection. On the call's event loop.
///
/// A refusal that would come again, such as a wrong key, ends it at once; so do three connections
/// in a row that never gave a result.
final class DeepgramSession implements Recognition, DeepgramSocket.Listener, TurnAssembly.Output {
  private static final System.Logger LOG = System.getLogger(DeepgramSession.class.getName());
  private static final String PROVIDER = "deepgram";

  /// A turn ends after so long without a new word, whatever Deepgram says.
  private static final Duration LEAST_PATIENCE = Duration.ofMillis(1500);

  /// The close code of "policy violation": the audio or a parameter is not what Deepgram takes.
  private static final int POLICY = 1008;

  /// Each time so much audio came, the confirmed offset is told, new or not: 500 ms.
  private static final int SIGN_OF_LIFE = 4000;

  private final DeepgramConfig config;
  private final EventLoop loop;
  private final Timers timers;
  private final DeepgramMeters meters;
  private final Consumer<SpeechEvent> events;
  private final TurnAssembly turns;
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
    Duration afterGap = config.utteranceEnd().plusMillis(500);
    turns =
        new TurnAssembly(
            timers, afterGap.compareTo(LEAST_PATIENCE) > 0 ? afterGap : LEAST_PATIENCE, this);
    kept = new KeptAudio(request.resumeFrom());
    confirmed = request.resumeFrom();
  }

  /// Begins the first connection, or the next.
  void connect() {
    outdated = false;
    DeepgramSocket next =
        new DeepgramSocket(loop, timers, config.keepAlive(), meters, kept.start(), this);
    socket = next;
    next.open(config, DeepgramCodec.uri(config, request));
  }

  @Override
  public void audio(long offset, byte[] mulaw) {
    if (over) {
      return;
    }
    KeptAudio.Chunk chunk = kept.add(offset, mulaw, timers.nanos());
    if (sending != null) {
      sending.live(chunk);
      if (silence.isSuspicious(timers.nanos())) {
        lost("mute", "no message for 2 s of speech");
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
      turns.endTurn();
    }
  }

  @Override
  public void update(UnaryOperator<RecognitionRequest> change) {
    request = change.apply(request);
    outdated = true;
    renewBetweenTurns();
  }

  @Override
  public void close(Runnable closed) {
    over = true;
    turns.close();
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
    log(Level.DEBUG, "deepgram: connected, request " + from.requestId());
    silence.heard();
    sending = new CatchUp(kept, from, timers, endpointing(), this::sent);
    sending.start();
    turns.connected();
  }

  private void sent(boolean voiced, int samples) {
    silence.sent(voiced, samples, timers.nanos());
  }

  private Duration endpointing() {
    return request.endpointing().isZero() ? config.endpointing() : request.endpointing();
  }

  @Override
  public void refused(DeepgramSocket from, ProviderException error) {
    if (from != socket) {
      return;
    }
    String detail =
        error.getMessage() + error.header("dg-error").map(e -> " (" + e + ")").orElse("");
    if (error.retryable()) {
      retryAfter = error.header("retry-after").map(DeepgramCodec::seconds).orElse(Duration.ZERO);
      lost("refused", detail);
    } else {
      fail(true, detail, error.header("dg-request-id").orElse(""));
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
  public void message(DeepgramSocket from, DeepgramMessage message, long nanos) {
    if (from != socket) {
      return;
    }
    silence.heard();
    switch (message) {
      case DeepgramMessage.Results results -> results(from, results, nanos);
      case DeepgramMessage.UtteranceEnd(double lastWordEnd) ->
          turns.wordGap(from.offset(lastWordEnd), receipt(from, from.offset(lastWordEnd), nanos));
      case DeepgramMessage.SpeechStarted(double timestamp) ->
          events.accept(new SpeechEvent.SpeechStarted(from.offset(timestamp)));
      case DeepgramMessage.Trouble(String description) ->
          log(Level.WARNING, "deepgram: error: " + description);
      case DeepgramMessage.Metadata _, DeepgramMessage.Unknown _ -> {}
    }
  }

  private void results(DeepgramSocket from, DeepgramMessage.Results results, long nanos) {
    losses.result();
    long end = from.offset(results.end());
    if (sending != null) {
      end = Math.min(end, sending.sentUntil());
    }
    List<Word> words =
        results.words().stream()
            .map(w ->
                new Word(w.text(), from.offset(w.start()), from.offset(w.end()), w.confidence()))
            .toList();
    Transcript transcript = new Transcript(results.transcript(), words, results.confidence(), end);
    Receipt receipt = receipt(from, end, nanos);
    if (results.last() || results.pause()) {
      turns.settled(transcript, results.pause(), results.asked(), receipt);
      confirm(end);
    } else {
      turns.interim(transcript, receipt);
    }
  }

  private Receipt receipt(DeepgramSocket from, long end, long nanos) {
    long arrival = kept.arrival(end);
    return new Receipt(from.requestId(), arrival == 0 ? nanos : arrival, nanos);
  }

  /// Told by the turns.
  @Override
  public void event(SpeechEvent event) {
    events.accept(event);
    if (event instanceof SpeechEvent.EndOfTurn) {
      confirm(turns.spokenUntil());
      renewBetweenTurns();
    }
  }

  /// Asked for by the turns.
  @Override
  public void settle() {
    if (socket != null) {
      socket.settle();
    }
  }

  private void confirm(long offset) {
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

  /// New parameters need a new connection: v1 cannot change one.
  private void renewBetweenTurns() {
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
    socket = null;
    if (old != null) {
      old.abandon();
    }
    stopSending();
    turns.disconnected();
    if (over) {
      return;
    }
    log(Level.WARNING, "deepgram: connection " + cause + ": " + detail);
    Optional<Duration> wait = losses.lost(timers.nanos());
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
    log(Level.WARNING, "deepgram: given up: " + detail);
    events.accept(new SpeechEvent.Failure(permanent, PROVIDER, detail, retryAfter, requestId));
  }

  private void stopSending() {
    if (sending != null) {
      sending.stop();
      sending = null;
    }
  }

  private void log(Level level, String message) {
    CallScope.run(request.call(), () -> LOG.log(level, "{0}", message));
  }
}
