package voiceagent.stt.recognize;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import voiceagent.kit.time.Timers;

/// Makes turns of a recogniser's finals and pauses, for recognisers without a model of turns. On
/// one thread.
///
/// A turn is the finals since the last one, joined. It ends with the pause that the recogniser
/// hears, or a gap between words where noise hides the pause, or, where neither is told, some time
/// after the last new word; a guess that is still pending then counts as said. What was said once
/// is not said again: words that a later result repeats are left out.
public final class TurnAssembly {
  /// How long an answer to [Output#settle] is waited for.
  private static final Duration SETTLE = Duration.ofMillis(500);

  /// A gap is told with rounded times: 20 ms.
  private static final long TOLERANCE = 160;

  private static final Receipt NONE = new Receipt("", 0, 0);

  /// Where it goes.
  public interface Output {
    void event(SpeechEvent event);

    /// Asks the recogniser to settle what it has heard so far.
    void settle();
  }

  private final Timers timers;
  private final Duration patience;
  private final Output output;

  private final List<String> finals = new ArrayList<>();
  private @Nullable Transcript guess;
  private long spokenUntil;
  private Receipt receipt = NONE;
  private @Nullable TurnEnd settling;
  private Timers.@Nullable Timer timer;
  private boolean connected;
  private boolean closed;

  /// @param patience after so long without a new word a turn ends without any other sign
  public TurnAssembly(Timers timers, Duration patience, Output output) {
    this.timers = timers;
    this.patience = patience;
    this.output = output;
  }

  /// A guess at what follows the last final.
  public void interim(Transcript transcript, Receipt from) {
    Transcript fresh = transcript.after(spokenUntil);
    Transcript before = guess;
    receipt = from;
    guess = fresh.isEmpty() ? null : fresh;
    if (fresh.isEmpty()) {
      return;
    }
    output.event(new SpeechEvent.Interim(fresh));
    boolean isNew = before == null || !before.text().equals(fresh.text());
    if (isNew && settling != TurnEnd.ASKED) {
      settling = null;
      waitFor(patience);
    }
  }

  /// Words that will not change, or silence.
  ///
  /// @param pause the recogniser heard speech end
  /// @param asked the answer to [Output#settle]
  public void settled(Transcript transcript, boolean pause, boolean asked, Receipt from) {
    receipt = from;
    guess = null;
    Transcript fresh = transcript.after(spokenUntil);
    if (!fresh.isEmpty()) {
      say(fresh, pause);
      waitFor(settling == null ? patience : SETTLE);
    }
    if (pause) {
      end(TurnEnd.PAUSE);
    } else if (asked && settling != null) {
      end(settling);
    }
  }

  /// A gap between words.
  ///
  /// @param lastWordEnd first sample after the last word
  public void wordGap(long lastWordEnd, Receipt from) {
    long last = guess == null ? spokenUntil : guess.lastWordEnd();
    if (isPending() && lastWordEnd >= last - TOLERANCE) {
      receipt = from;
      end(TurnEnd.WORD_GAP);
    }
  }

  /// The turn is over by the gateway's judgement: what the recogniser has heard so far ends it.
  public void endTurn() {
    settling = TurnEnd.ASKED;
    output.settle();
    waitFor(SETTLE);
  }

  /// The recogniser listens, for the first time or again.
  public void connected() {
    connected = true;
    if (settling == null && isPending()) {
      waitFor(patience);
    }
  }

  /// The recogniser is gone for a while; what followed the last final will be heard again, so no
  /// turn ends meanwhile unless the gateway wants it.
  public void disconnected() {
    connected = false;
    guess = null;
    if (settling != TurnEnd.ASKED) {
      settling = null;
      cancel();
    }
  }

  /// Whether no word of a turn is pending.
  public boolean isIdle() {
    return !isPending() && settling == null;
  }

  /// First sample after the last word that was told as final.
  public long spokenUntil() {
    return spokenUntil;
  }

  /// No timer runs any more.
  public void close() {
    closed = true;
    cancel();
  }

  private boolean isPending() {
    return !finals.isEmpty() || guess != null;
  }

  private void say(Transcript words, boolean pause) {
    finals.add(words.text());
    spokenUntil = Math.max(spokenUntil, words.lastWordEnd());
    output.event(new SpeechEvent.Final(words, pause, receipt));
  }

  private void end(TurnEnd trigger) {
    settling = null;
    cancel();
    Transcript pending = guess;
    guess = null;
    if (pending != null) {
      say(pending, false);
    }
    if (!finals.isEmpty()) {
      String text = String.join(" ", finals);
      finals.clear();
      output.event(new SpeechEvent.EndOfTurn(text, spokenUntil, trigger, receipt));
    }
  }

  private void overdue() {
    TurnEnd trigger = settling;
    if (trigger != null) {
      end(trigger);
    } else if (connected && isPending()) {
      settling = TurnEnd.SAFETY_TIMER;
      output.settle();
      waitFor(SETTLE);
    }
  }

  private void waitFor(Duration time) {
    cancel();
    if (closed) {
      return;
    }
    timer = timers.after(time, this::overdue);
  }

  private void cancel() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }
}
