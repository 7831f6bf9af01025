package voiceagent.sim.deepgram;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import voiceagent.sim.deepgram.TurnInfo.Event;
import voiceagent.sim.speech.SpokenWord;

/// When Flux says what of a turn. Time is the position in the audio; there is no other clock, so a
/// client that stops sending gets no end of turn.
///
/// - The first word starts a turn.
/// - The confidence that the turn is over rises with the silence after its words.
/// - Once it was probably over, either it goes on (TurnResumed) or it ends with the same words.
/// - An Update comes each quarter of a second of audio, between turns too.
final class FluxTurns {
  private static final long MS = 8;
  private static final long UPDATE = 250 * MS;

  /// Voice that takes a probable end back: shorter is a click.
  private static final long ONSET = 80 * MS;

  private final Consumer<TurnInfo> out;
  private FluxThresholds thresholds;

  private final List<SpokenWord> words = new ArrayList<>();
  private List<SpokenWord> guess = List.of();
  private boolean open;
  private boolean probablyOver;
  private int turn;
  private long position;
  private long turnStart;
  private long told;
  private long voiceSince;
  private long voiceEnd;

  FluxTurns(FluxThresholds thresholds, Consumer<TurnInfo> out) {
    this.thresholds = thresholds;
    this.out = out;
  }

  void thresholds(FluxThresholds changed) {
    thresholds = changed;
  }

  /// Samples of silence after which speech is over.
  long pause() {
    return thresholds.firstPause();
  }

  void step(Transcriber.Step step) {
    long began = position;
    position = step.end();
    boolean more = !step.words().isEmpty() || !step.guess().equals(guess);
    words.addAll(step.words());
    guess = step.guess();
    if (!step.voice()) {
      voiceSince = position;
    } else {
      voiceSince = Math.min(voiceSince, began);
      voiceEnd = position;
    }
    if (!open && !spoken().isEmpty()) {
      open = true;
      tell(Event.START_OF_TURN, "");
    } else if (probablyOver && (more || position - voiceSince >= ONSET)) {
      probablyOver = false;
      tell(Event.TURN_RESUMED, "");
    } else if (open && guess.isEmpty()) {
      judge(step.wordBegan());
    }
    if (position - told >= UPDATE) {
      tell(Event.UPDATE, "");
    }
  }

  private void judge(long wordBegan) {
    double confidence = confidence();
    OptionalDouble eager = thresholds.eager();
    boolean speaking = wordBegan < position;
    if (confidence >= thresholds.eot()) {
      end("model");
    } else if (!speaking && position - lastWordEnd() >= thresholds.timeoutMs() * MS) {
      end("timeout");
    } else if (!probablyOver && eager.isPresent() && confidence >= eager.getAsDouble()) {
      probablyOver = true;
      tell(Event.EAGER_END_OF_TURN, "");
    }
  }

  /// The client ends the turn; where none is open, nothing happens.
  void force() {
    if (open) {
      end("manual");
    }
  }

  /// There will be no more audio: the turn stays open.
  void finish(List<SpokenWord> rest) {
    words.addAll(rest);
    if (!spoken().isEmpty()) {
      tell(Event.UPDATE, "");
    }
  }

  private void end(String trigger) {
    tell(Event.END_OF_TURN, trigger);
    open = false;
    probablyOver = false;
    words.clear();
    guess = List.of();
    turnStart = position;
    turn++;
  }

  private double confidence() {
    return open ? FluxThresholds.confidence(position - voiceEnd) : 0;
  }

  private long lastWordEnd() {
    return words.isEmpty() ? position : words.getLast().end();
  }

  private List<SpokenWord> spoken() {
    List<SpokenWord> spoken = new ArrayList<>(words);
    spoken.addAll(guess);
    return spoken;
  }

  private void tell(Event event, String trigger) {
    told = position;
    out.accept(new TurnInfo(event, turn, turnStart, position, spoken(), confidence(), trigger));
  }
}
