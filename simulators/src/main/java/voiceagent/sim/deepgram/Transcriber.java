package voiceagent.sim.deepgram;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import voiceagent.sim.speech.SpokenWord;

/// When `/v1/listen` says what: interims, finals, pauses. Time is the position in the audio; there
/// is no other clock.
///
/// - Words are told about each second of audio, the first 160 ms after it ended.
/// - A pause as long as `endpointing` ends a stretch of speech: its span is settled,
///   `speech_final`.
/// - Speech without a pause is settled at a word's end after 4 s, sound without words too.
/// - Silence is settled each 3 s, but for its last 300 ms: spans leave no gap.
/// - UtteranceEnd looks at words only, so noise does not hold it back.
final class Transcriber {
  private static final long MS = 8;
  private static final long FIRST_INTERIM = 160 * MS;
  private static final long INTERIM = 1000 * MS;
  private static final long LONGEST_SPAN = 4000 * MS;
  private static final long LONGEST_SILENCE = 3000 * MS;
  private static final long MARGIN = 300 * MS;
  private static final long SPEECH_ONSET = 40 * MS;

  /// Without endpointing, the silence after which speech counts as over.
  private static final long LONG_PAUSE = 1000 * MS;

  /// One step of the audio.
  ///
  /// @param end position after it
  /// @param voice whether somebody speaks in it
  /// @param words that ended in it, in order
  /// @param guess words of which it is not sure yet that they were spoken
  /// @param wordBegan start of the word that is being spoken; `end` where none is
  record Step(
      long end, boolean voice, List<SpokenWord> words, List<SpokenWord> guess, long wordBegan) {}

  private final ListenParameters parameters;
  private final ListenFaults faults;
  private final Consumer<Heard> out;

  private final List<SpokenWord> words = new ArrayList<>();
  private List<SpokenWord> guess = List.of();
  private List<SpokenWord> told = List.of();
  private List<SpokenWord> previous = List.of();
  private long position;
  private long spanStart;
  private long lastResult;
  private long firstWordAt = -1;
  private boolean speaking;
  private long voiceSince = -1;
  private long voiceEnd;
  private long lastWordEnd = -1;
  private long utteranceEndTold = -1;

  Transcriber(ListenParameters parameters, ListenFaults faults, Consumer<Heard> out) {
    this.parameters = parameters;
    this.faults = faults;
    this.out = out;
  }

  void step(Step step) {
    long began = position;
    position = step.end();
    take(step);
    voice(step.voice(), began);
    long wordBegan = step.wordBegan();
    if (speaking && position - voiceEnd >= pause()) {
      speaking = false;
      settle(position, endpointing() != ListenParameters.NEVER, false);
    } else if (speaking && !words.isEmpty() && position - spanStart >= LONGEST_SPAN) {
      settle(words.getLast().end(), false, false);
    } else if (words.isEmpty() && guess.isEmpty()) {
      settleEmpty(wordBegan);
    }
    interim();
    utteranceEnd(wordBegan);
  }

  /// The client asks for what there is.
  ///
  /// @param wordBegan as in a step: a word that is being spoken is kept back
  void finish(long wordBegan) {
    if (!words.isEmpty() || (faults.answerEmptyFinalize && wordBegan > spanStart)) {
      settle(Math.max(wordBegan, spanStart), false, true);
    }
  }

  /// There will be no more audio.
  void end(List<SpokenWord> rest) {
    words.addAll(rest);
    if (!words.isEmpty()) {
      settle(Math.max(position, words.getLast().end()), false, false);
    }
  }

  private void take(Step step) {
    words.addAll(step.words());
    guess = step.guess();
    if (words.isEmpty() && guess.isEmpty()) {
      firstWordAt = -1;
    } else if (firstWordAt < 0) {
      firstWordAt = position;
    }
    List<SpokenWord> latest = guess.isEmpty() ? step.words() : guess;
    if (!latest.isEmpty()) {
      lastWordEnd = Math.max(lastWordEnd, latest.getLast().end());
    }
  }

  private void voice(boolean voice, long began) {
    if (!voice) {
      voiceSince = -1;
      return;
    }
    voiceEnd = position;
    if (voiceSince < 0) {
      voiceSince = began;
    }
    if (!speaking && position - voiceSince >= SPEECH_ONSET) {
      speaking = true;
      if (parameters.vadEvents()) {
        out.accept(new Heard.SpeechStarted(voiceSince));
      }
    }
  }

  private long endpointing() {
    return faults.withholdSpeechFinal ? ListenParameters.NEVER : parameters.endpointing();
  }

  /// Samples of silence after which speech is over.
  long pause() {
    return endpointing() == ListenParameters.NEVER ? LONG_PAUSE : Math.max(1, endpointing());
  }

  private void settleEmpty(long wordBegan) {
    long settled = Math.min(position - MARGIN, wordBegan);
    long longest = speaking ? LONGEST_SPAN : LONGEST_SILENCE;
    if (position - spanStart >= longest && settled > spanStart) {
      settle(settled, false, false);
    }
  }

  private void settle(long end, boolean pause, boolean asked) {
    List<SpokenWord> settled = new ArrayList<>(words);
    if (faults.overlapFinals && !previous.isEmpty() && !settled.isEmpty()) {
      settled.addFirst(previous.getLast());
    }
    out.accept(new Heard.Results(spanStart, end, settled, true, pause, asked));
    previous = pause ? List.of() : List.copyOf(settled);
    words.clear();
    guess = List.of();
    told = List.of();
    firstWordAt = -1;
    spanStart = end;
    lastResult = position;
  }

  private void interim() {
    if (!parameters.interims()) {
      return;
    }
    List<SpokenWord> now = new ArrayList<>(words);
    now.addAll(guess);
    boolean due =
        (now.isEmpty() || !told.isEmpty())
            ? (speaking || !now.isEmpty()) && position - lastResult >= INTERIM
            : position - firstWordAt >= FIRST_INTERIM;
    if (due) {
      told = now;
      lastResult = position;
      out.accept(new Heard.Results(spanStart, position, now, false, false, false));
    }
  }

  private void utteranceEnd(long wordBegan) {
    if (lastWordEnd > utteranceEndTold
        && wordBegan >= position
        && position - lastWordEnd >= parameters.utteranceEnd()) {
      utteranceEndTold = lastWordEnd;
      out.accept(new Heard.UtteranceEnd(lastWordEnd));
    }
  }
}
