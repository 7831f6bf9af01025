package voiceagent.stt.deepgram;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import voiceagent.kit.time.Timers;
import voiceagent.stt.recognize.Receipt;
import voiceagent.stt.recognize.RecognitionRequest;
import voiceagent.stt.recognize.SpeechEvent;
import voiceagent.stt.recognize.Transcript;
import voiceagent.stt.recognize.TurnEnd;
import voiceagent.stt.recognize.Word;

/// Turns as Flux, `/v2/listen`, tells them: each message holds the whole turn so far.
///
/// Flux counts time by audio, so a turn would stay open for ever if the call's audio ceased:
/// silence is sent in its place. And Flux may fall silent within a turn: then what is known of the
/// turn ends it, if the caller is quiet, and the connection is replaced.
final class FluxTurns implements Turns {
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  /// For a connection that has never said anything outside a turn: noise may be all there is.
  private static final Duration LONG_PATIENCE = Duration.ofSeconds(6);

  /// Within a turn Flux says something each quarter of a second.
  private static final long STALLED_NANOS = Duration.ofMillis(2500).toNanos();

  private static final long STALLED_SAMPLES = 16_000;
  private static final long QUIET_SAMPLES = 8000;

  /// Between turns a word may have begun that is not told yet: so much is not confirmed, 2 s.
  private static final long UNSURE = 16_000;

  /// How long an answer to ForceEndTurn is waited for.
  private static final Duration SETTLE = Duration.ofMillis(500);

  private static final Duration CONFIGURE_WITHIN = Duration.ofSeconds(5);
  private static final Duration NO_AUDIO = Duration.ofMillis(500);
  private static final int FILLER = 4000;

  private final Timers timers;
  private final Call call;
  private @Nullable DeepgramSocket socket;

  private boolean open;
  private @Nullable Transcript turn;
  private Optional<String> eager = Optional.empty();
  private long spokenUntil;
  private Receipt receipt = new Receipt("", 0, 0);

  private boolean talksInSilence;
  private long lastMessage;
  private long sentSince;
  private long quiet;

  private Timers.@Nullable Timer settling;
  private boolean forceUnknown;
  private Timers.@Nullable Timer configuring;
  private List<String> keyterms;
  private boolean configureAgain;
  private Timers.@Nullable Timer filling;

  FluxTurns(Timers timers, RecognitionRequest request, Call call) {
    this.timers = timers;
    this.call = call;
    keyterms = request.keyterms();
  }

  @Override
  public void connected(DeepgramSocket opened) {
    socket = opened;
    lastMessage = timers.nanos();
    sentSince = 0;
    fillLater();
  }

  @Override
  public void disconnected() {
    socket = null;
    Transcript known = turn;
    if (settling != null && known != null) {
      end(known, TurnEnd.ASKED); // the gateway has decided, with or without an answer
    }
    open = false;
    turn = null;
    resumed();
    configuring = cancelled(configuring);
    configureAgain = false;
    filling = cancelled(filling);
  }

  @Override
  public void message(DeepgramSocket from, DeepgramMessage message, long nanos) {
    lastMessage = nanos;
    sentSince = 0;
    switch (message) {
      case DeepgramMessage.TurnInfo info -> turn(from, info, nanos);
      case DeepgramMessage.Configured(boolean done) -> configured(done);
      case DeepgramMessage.Trouble(String code, String description) -> {
        forceUnknown |= settling != null && code.equals("UNPARSABLE_CLIENT_MESSAGE");
        call.log(Level.WARNING, "error " + code + ": " + description);
      }
      case DeepgramMessage.Connected _,
          DeepgramMessage.Results _,
          DeepgramMessage.SpeechStarted _,
          DeepgramMessage.UtteranceEnd _,
          DeepgramMessage.Metadata _,
          DeepgramMessage.Unknown _ -> {}
    }
  }

  private void turn(DeepgramSocket from, DeepgramMessage.TurnInfo info, long nanos) {
    long end = Math.min(from.offset(info.end()), call.sentUntil());
    List<Word> words = from.words(info.words());
    Transcript heard =
        new Transcript(info.transcript(), words, info.wordConfidence().orElse(0), end)
            .after(spokenUntil);
    receipt = call.receipt(from, end, nanos);
    switch (info.event()) {
      case START_OF_TURN -> {
        call.event(
            new SpeechEvent.SpeechStarted(
                words.isEmpty() ? from.offset(info.start()) : words.getFirst().start()));
        soFar(heard);
      }
      case UPDATE -> {
        if (info.transcript().isEmpty()) {
          talksInSilence = true;
          call.confirm(end - UNSURE);
        } else {
          soFar(heard);
        }
      }
      case EAGER_END_OF_TURN -> {
        soFar(heard);
        if (!heard.isEmpty()) {
          eager = Optional.of(heard.text());
          call.event(
              new SpeechEvent.EagerEndOfTurn(heard.text(), info.confidence(), heard.lastWordEnd()));
        }
      }
      case TURN_RESUMED -> {
        resumed();
        soFar(heard);
      }
      case END_OF_TURN -> end(heard, trigger(info.trigger()));
    }
  }

  private static TurnEnd trigger(String trigger) {
    return switch (trigger) {
      case "manual" -> TurnEnd.ASKED;
      case "timeout" -> TurnEnd.SAFETY_TIMER;
      default -> TurnEnd.MODEL;
    };
  }

  private void soFar(Transcript heard) {
    Transcript before = turn;
    open |= !heard.isEmpty();
    turn = heard;
    if (!heard.isEmpty() && (before == null || !before.text().equals(heard.text()))) {
      call.event(new SpeechEvent.Interim(heard));
    }
  }

  /// A probable end is taken back.
  private void resumed() {
    if (eager.isPresent()) {
      eager = Optional.empty();
      call.event(new SpeechEvent.TurnResumed());
    }
  }

  private void end(Transcript heard, TurnEnd trigger) {
    if (!eager.equals(Optional.of(heard.text()))) {
      resumed(); // what was begun for other words is of no use
    }
    eager = Optional.empty();
    open = false;
    turn = null;
    settling = cancelled(settling);
    if (!heard.isEmpty()) {
      spokenUntil = Math.max(spokenUntil, heard.lastWordEnd());
      call.event(new SpeechEvent.Final(heard, true, receipt));
      call.event(new SpeechEvent.EndOfTurn(heard.text(), spokenUntil, trigger, receipt));
      call.confirm(spokenUntil);
    }
    call.betweenTurns();
  }

  @Override
  public void sent(boolean voiced, int samples) {
    sentSince += samples;
    quiet = voiced ? 0 : quiet + samples;
    if (open && sentSince >= STALLED_SAMPLES && timers.nanos() - lastMessage >= STALLED_NANOS) {
      Transcript known = turn;
      if (known != null && quiet >= QUIET_SAMPLES) {
        end(known, TurnEnd.SAFETY_TIMER);
      }
      call.mute("no message for 2.5 s within a turn");
    }
  }

  @Override
  public void endTurn() {
    if (socket != null && !forceUnknown) {
      socket.forceEndTurn();
    }
    settling = cancelled(settling);
    settling =
        timers.after(
            SETTLE,
            () -> {
              settling = null;
              Transcript known = turn;
              if (known != null) {
                end(known, TurnEnd.ASKED);
              }
            });
  }

  /// Key terms can be changed on a connection; a pause is Flux's own affair.
  @Override
  public void changed(RecognitionRequest before, RecognitionRequest now) {
    if (before.keyterms().equals(now.keyterms())) {
      return;
    }
    keyterms = now.keyterms();
    configure();
  }

  /// One at a time: Deepgram caps those it has not answered.
  private void configure() {
    if (socket == null) {
      return; // the next connection begins with them
    }
    if (configuring != null) {
      configureAgain = true;
      return;
    }
    socket.configure(DeepgramUri.keyterms(keyterms));
    configuring =
        timers.after(
            CONFIGURE_WITHIN,
            () -> {
              configuring = null;
              configureAgain = false;
              call.log(Level.WARNING, "no answer to Configure within " + CONFIGURE_WITHIN);
              call.renew();
            });
  }

  private void configured(boolean done) {
    configuring = cancelled(configuring);
    if (!done) {
      call.log(Level.WARNING, "Configure failed: the key terms stay as they were");
    }
    if (configureAgain) {
      configureAgain = false;
      configure();
    }
  }

  /// Silence in place of audio that does not come, so that an open turn can end.
  private void fillLater() {
    filling =
        timers.after(
            NO_AUDIO,
            () -> {
              DeepgramSocket connection = socket;
              if (connection != null) {
                if (open && connection.quiet().compareTo(NO_AUDIO) >= 0) {
                  connection.silence(FILLER);
                }
                fillLater();
              }
            });
  }

  @Override
  public Duration patience() {
    return open || talksInSilence ? PATIENCE : LONG_PATIENCE;
  }

  @Override
  public boolean isIdle() {
    return !open && settling == null;
  }

  @Override
  public void close() {
    settling = cancelled(settling);
    configuring = cancelled(configuring);
    filling = cancelled(filling);
    socket = null;
  }

  private static Timers.@Nullable Timer cancelled(Timers.@Nullable Timer timer) {
    if (timer != null) {
      timer.cancel();
    }
    return null;
  }
}
