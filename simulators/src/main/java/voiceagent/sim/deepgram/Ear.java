package voiceagent.sim.deepgram;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import voiceagent.kit.audio.AudioFrame;
import voiceagent.kit.audio.FrameSlicer;
import voiceagent.kit.audio.Loudness;
import voiceagent.kit.dictation.DictatedWord;
import voiceagent.kit.dictation.Dictation;
import voiceagent.kit.dictation.DictationTake;
import voiceagent.sim.server.Peer;
import voiceagent.sim.speech.AudioMatcher;
import voiceagent.sim.speech.SpokenWord;
import voiceagent.sim.speech.Utterance;

/// Turns one connection's audio into words: known speech by its bytes, unknown speech by Vosk. On
/// the connection's event loop.
///
/// What comes out depends on the audio alone: where Vosk has to be waited for, what comes meanwhile
/// waits too, 60 s of audio and 3 s at most.
final class Ear {
  private static final int BLOCK = AudioFrame.SAMPLES;
  private static final int MOST_HELD = 3000;
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  /// Loud audio that no recording holds, in blocks of 20 ms, which makes it unknown speech.
  private static final int UNKNOWN = 20;

  /// Blocks before that moment that are given to Vosk too.
  private static final int LEAD_IN = 75;

  /// Quiet blocks after which a short noise is forgotten.
  private static final int FORGET = 25;

  private static final long LONGEST_TAKE = 20L * AudioFrame.RATE;

  private final Peer peer;
  private final AudioMatcher matcher;
  private final Dictation dictation;
  private final LongSupplier pause;
  private final Consumer<Transcriber.Step> steps;

  private final FrameSlicer slicer = new FrameSlicer();
  private final Deque<byte[]> leadIn = new ArrayDeque<>();
  private final Deque<Runnable> held = new ArrayDeque<>();

  private int unknown;
  private int quiet;
  private @Nullable DictationTake take;
  private long takeStart;
  private List<SpokenWord> guess = List.of();

  /// What is to be done with the words of the take that is ending.
  private @Nullable Consumer<List<SpokenWord>> ending;

  /// @param pause samples of silence that end speech, asked for at each
  Ear(
      Peer peer,
      AudioMatcher matcher,
      Dictation dictation,
      LongSupplier pause,
      Consumer<Transcriber.Step> steps) {
    this.peer = peer;
    this.matcher = matcher;
    this.dictation = dictation;
    this.pause = pause;
    this.steps = steps;
  }

  void hear(byte[] audio) {
    if (held.size() < MOST_HELD) {
      slicer.add(audio, frame -> inTurn(() -> block(frame.mulaw())));
    }
  }

  /// Runs work once all audio so far is heard and no word of it is a guess.
  ///
  /// @param work given the start of the word that is being spoken; the position where none is
  void settled(Consumer<Long> work) {
    inTurn(() -> {
      if (take == null) {
        work.accept(matcher.wordBegan());
      } else {
        endTake(words -> {
          step(true, words);
          work.accept(matcher.wordBegan());
        });
      }
    });
  }

  /// Runs work once all audio is heard; there will be no more.
  ///
  /// @param work given the words that are left
  void end(Consumer<List<SpokenWord>> work) {
    slicer.flush().ifPresent(frame -> inTurn(() -> block(frame.mulaw())));
    settled(_ -> work.accept(spoken()));
  }

  /// The connection is gone.
  void close() {
    held.clear();
    if (take != null) {
      take.finish();
    }
  }

  private void inTurn(Runnable work) {
    if (ending == null && held.isEmpty()) {
      work.run();
    } else {
      held.add(work);
    }
  }

  private void block(byte[] audio) {
    List<SpokenWord> words = new ArrayList<>();
    matcher.add(audio).forEach(w -> words.add(new SpokenWord(w.text(), w.start(), w.end())));
    Optional<Utterance> known = matcher.current();
    boolean loud = Loudness.rms(audio, 0, audio.length) >= Loudness.VOICE;
    boolean wordless = known.filter(u -> u.words().isEmpty()).isPresent();
    boolean voice = (loud && !wordless) || matcher.wordBegan() < matcher.position();
    quiet = voice ? 0 : quiet + 1;
    if (known.isPresent()) {
      unknown = 0;
      leadIn.clear();
    } else {
      unknown = quiet >= FORGET ? 0 : unknown + (loud ? 1 : 0);
      remember(audio);
    }
    if (dictates(audio, known.isPresent() && !wordless)) {
      endTake(dictated -> step(voice, dictated));
    } else {
      step(voice, words);
    }
  }

  /// @return whether the take is over
  private boolean dictates(byte[] audio, boolean knownSpeech) {
    if (take == null) {
      if (unknown >= UNKNOWN) {
        begin();
      }
      return false;
    }
    take.add(audio);
    return knownSpeech
        || (long) quiet * BLOCK >= pause.getAsLong()
        || matcher.position() - takeStart >= LONGEST_TAKE;
  }

  private void begin() {
    take = dictation.begin(this::dictated).orElse(null);
    if (take != null) {
      takeStart = matcher.position() - (long) leadIn.size() * BLOCK;
      leadIn.forEach(take::add);
      leadIn.clear();
      unknown = 0;
    }
  }

  private void remember(byte[] audio) {
    leadIn.addLast(audio);
    if (leadIn.size() > LEAD_IN) {
      leadIn.removeFirst();
    }
  }

  private void endTake(Consumer<List<SpokenWord>> then) {
    DictationTake over = take;
    ending = then;
    if (over != null) {
      over.finish();
      var _ =
          peer.after(
              PATIENCE,
              () -> {
                if (take == over) {
                  taken(List.of());
                }
              });
    }
  }

  /// On a thread of the dictation.
  private void dictated(DictationTake from, List<DictatedWord> words, boolean last) {
    peer.execute(() -> {
      if (take != from) {
        return; // waited for too long
      }
      List<SpokenWord> shifted =
          words.stream()
              .map(w -> new SpokenWord(w.text(), takeStart + w.start(), takeStart + w.end()))
              .toList();
      if (last) {
        taken(shifted);
      } else {
        guess = shifted;
      }
    });
  }

  private void taken(List<SpokenWord> words) {
    Consumer<List<SpokenWord>> then = ending;
    take = null;
    ending = null;
    guess = List.of();
    if (then != null) {
      then.accept(words);
    }
    while (ending == null && !held.isEmpty()) {
      held.remove().run();
    }
  }

  private void step(boolean voice, List<SpokenWord> words) {
    steps.accept(
        new Transcriber.Step(matcher.position(), voice, words, guess, matcher.wordBegan()));
  }

  /// Words of which only silence is missing.
  private List<SpokenWord> spoken() {
    return matcher.flush().stream().map(w -> new SpokenWord(w.text(), w.start(), w.end())).toList();
  }
}
