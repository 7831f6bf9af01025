package voiceagent.stt.deepgram;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import voiceagent.kit.time.Timers;
import voiceagent.stt.recognize.Receipt;
import voiceagent.stt.recognize.RecognitionRequest;
import voiceagent.stt.recognize.SpeechEvent;
import voiceagent.stt.recognize.Transcript;
import voiceagent.stt.recognize.TurnAssembly;
import voiceagent.stt.recognize.Word;

/// Turns made of what `/v1/listen` says: finals, pauses and gaps between words.
final class ListenTurns implements Turns, TurnAssembly.Output {
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  /// A turn ends after so long without a new word, whatever Deepgram says.
  private static final Duration LEAST_PATIENCE = Duration.ofMillis(1500);

  private final Call call;
  private final TurnAssembly turns;
  private @Nullable DeepgramSocket socket;

  /// @param utteranceEnd gap between words that ends a turn
  ListenTurns(Timers timers, Duration utteranceEnd, Call call) {
    this.call = call;
    Duration afterGap = utteranceEnd.plusMillis(500);
    turns =
        new TurnAssembly(
            timers, afterGap.compareTo(LEAST_PATIENCE) > 0 ? afterGap : LEAST_PATIENCE, this);
  }

  @Override
  public void connected(DeepgramSocket opened) {
    socket = opened;
    turns.connected();
  }

  @Override
  public void disconnected() {
    socket = null;
    turns.disconnected();
  }

  @Override
  public void message(DeepgramSocket from, DeepgramMessage message, long nanos) {
    switch (message) {
      case DeepgramMessage.Results results -> results(from, results, nanos);
      case DeepgramMessage.UtteranceEnd(double lastWordEnd) -> {
        long end = from.offset(lastWordEnd);
        turns.wordGap(end, call.receipt(from, end, nanos));
      }
      case DeepgramMessage.SpeechStarted(double timestamp) ->
          call.event(new SpeechEvent.SpeechStarted(from.offset(timestamp)));
      case DeepgramMessage.Trouble(String code, String description) ->
          call.log(Level.WARNING, "error " + code + ": " + description);
      case DeepgramMessage.Metadata _,
          DeepgramMessage.TurnInfo _,
          DeepgramMessage.Connected _,
          DeepgramMessage.Configured _,
          DeepgramMessage.Unknown _ -> {}
    }
  }

  private void results(DeepgramSocket from, DeepgramMessage.Results results, long nanos) {
    long end = Math.min(from.offset(results.end()), call.sentUntil());
    List<Word> words = from.words(results.words());
    Transcript transcript = new Transcript(results.transcript(), words, results.confidence(), end);
    Receipt receipt = call.receipt(from, end, nanos);
    if (results.last() || results.pause()) {
      turns.settled(transcript, results.pause(), results.asked(), receipt);
      call.confirm(end);
    } else {
      turns.interim(transcript, receipt);
    }
  }

  /// Told by the turns.
  @Override
  public void event(SpeechEvent event) {
    call.event(event);
    if (event instanceof SpeechEvent.EndOfTurn) {
      call.confirm(turns.spokenUntil());
      call.betweenTurns();
    }
  }

  /// Asked for by the turns.
  @Override
  public void settle() {
    if (socket != null) {
      socket.finalizeSpeech();
    }
  }

  @Override
  public void sent(boolean voiced, int samples) {}

  @Override
  public void endTurn() {
    turns.endTurn();
  }

  /// `/v1/listen` cannot change what it was asked for.
  @Override
  public void changed(RecognitionRequest before, RecognitionRequest now) {
    if (!before.equals(now)) {
      call.renew();
    }
  }

  @Override
  public Duration patience() {
    return PATIENCE;
  }

  @Override
  public boolean isIdle() {
    return turns.isIdle();
  }

  @Override
  public void close() {
    turns.close();
  }
}
