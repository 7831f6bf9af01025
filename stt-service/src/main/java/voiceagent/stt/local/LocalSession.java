package voiceagent.stt.local;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import voiceagent.kit.audio.AudioFrame;
import voiceagent.kit.audio.Loudness;
import voiceagent.kit.dictation.DictatedWord;
import voiceagent.kit.dictation.Dictation;
import voiceagent.kit.dictation.DictationTake;
import voiceagent.kit.observe.CallScope;
import voiceagent.kit.time.Timers;
import voiceagent.stt.recognize.Receipt;
import voiceagent.stt.recognize.Recognition;
import voiceagent.stt.recognize.RecognitionRequest;
import voiceagent.stt.recognize.SpeechEvent;
import voiceagent.stt.recognize.Transcript;
import voiceagent.stt.recognize.TurnAssembly;
import voiceagent.stt.recognize.Word;

/// One call that Vosk listens to. On the call's event loop; Vosk works on threads of its own.
///
/// What is loud goes to a take, with a little of what was before; so much silence ends it. Whether
/// it was speech the words show: noise has none. While a take's last words are waited for, further
/// audio waits too, 60 s of it at most.
final class LocalSession implements Recognition, TurnAssembly.Output {
  private static final System.Logger LOG = System.getLogger(LocalSession.class.getName());

  /// A turn ends after so long without a new word, where noise hides the pause.
  private static final Duration PATIENCE = Duration.ofMillis(1500);

  /// The last words of a take are waited for so long.
  private static final Duration LAST_WORDS_WITHIN = Duration.ofSeconds(5);

  private static final int BLOCK = AudioFrame.SAMPLES;
  private static final int MOST_HELD = 3000;

  /// Loud blocks that begin a take, and blocks before them that belong to it: 60 and 500 ms.
  private static final int ONSET = 3;

  private static final int LEAD_IN = 25;

  /// A take without a pause is ended and the next begun: Vosk's memory of it grows.
  private static final long LONGEST_TAKE = 20L * AudioFrame.RATE;

  private static final int SIGN_OF_LIFE = 4000;

  private final Dictation dictation;
  private final Timers timers;
  private final Consumer<SpeechEvent> events;
  private final TurnAssembly turns;

  private RecognitionRequest request;
  private Duration endpointing;
  private final Deque<byte[]> leadIn = new ArrayDeque<>();
  private final Deque<byte[]> held = new ArrayDeque<>();
  private Optional<DictationTake> take = Optional.empty();
  private @Nullable Ending ending;
  private boolean spoken;
  private long takeStart;
  private long position;
  private long arrived;
  private long confirmed;
  private int sinceSignOfLife;
  private int loud;
  private long quiet;
  private boolean over;

  /// How a take ends.
  private enum Ending {
    /// The caller paused.
    PAUSE,
    /// The turns asked for what there is.
    ASKED,
    /// It was long.
    CUT
  }

  LocalSession(
      Dictation dictation,
      RecognitionRequest request,
      Duration endpointing,
      Timers timers,
      Consumer<SpeechEvent> events) {
    this.dictation = dictation;
    this.request = request;
    this.endpointing = endpointing;
    this.timers = timers;
    this.events = events;
    turns = new TurnAssembly(timers, PATIENCE, this);
    position = request.resumeFrom();
    confirmed = position;
    turns.connected();
  }

  @Override
  public void audio(long offset, byte[] mulaw) {
    if (over) {
      return;
    }
    arrived = timers.nanos();
    for (int at = 0; at < mulaw.length; at += BLOCK) {
      held.add(Arrays.copyOfRange(mulaw, at, Math.min(at + BLOCK, mulaw.length)));
    }
    hearHeld();
    while (held.size() > MOST_HELD) {
      position += held.remove().length;
    }
    sinceSignOfLife += mulaw.length;
    if (sinceSignOfLife >= SIGN_OF_LIFE) {
      tellConfirmed(take.isPresent() ? takeStart : position - (long) LEAD_IN * BLOCK);
    }
  }

  private void hearHeld() {
    while (ending == null && !held.isEmpty()) {
      hear(held.remove());
    }
  }

  private void hear(byte[] block) {
    position += block.length;
    boolean isLoud = Loudness.rms(block, 0, block.length) >= Loudness.VOICE;
    quiet = isLoud ? 0 : quiet + block.length;
    loud = isLoud ? loud + 1 : 0;
    if (take.isEmpty()) {
      leadIn.addLast(block);
      if (leadIn.size() > LEAD_IN) {
        leadIn.removeFirst();
      }
      if (loud >= ONSET) {
        begin();
      }
      return;
    }
    take.get().add(block);
    if (quiet >= endpointing.toMillis() * 8) {
      end(Ending.PAUSE);
    } else if (position - takeStart >= LONGEST_TAKE) {
      end(Ending.CUT);
    }
  }

  private void begin() {
    take =
        dictation.begin(
            (from, words, last) -> timers.after(Duration.ZERO, () -> heard(from, words, last)));
    if (take.isEmpty()) {
      fail("cannot be used, or hears " + Dictation.MOST_TAKES + " calls already");
      return;
    }
    spoken = false;
    takeStart = position - leadIn.stream().mapToLong(b -> b.length).sum();
    leadIn.forEach(take.get()::add);
    leadIn.clear();
  }

  private void end(Ending how) {
    ending = how;
    DictationTake ended = take.orElseThrow();
    ended.finish();
    var _ = timers.after(LAST_WORDS_WITHIN, () -> heard(ended, List.of(), true));
  }

  private void heard(DictationTake from, List<DictatedWord> heard, boolean last) {
    if (over || take.filter(t -> t == from).isEmpty()) {
      return;
    }
    Transcript transcript = transcript(heard);
    Receipt receipt = new Receipt("", arrived, timers.nanos());
    if (!heard.isEmpty() && !spoken) {
      spoken = true;
      events.accept(new SpeechEvent.SpeechStarted(transcript.words().getFirst().start()));
    }
    if (!last) {
      if (ending == null) {
        turns.interim(transcript, receipt);
      }
      return;
    }
    Ending how = ending;
    take = Optional.empty();
    ending = null;
    turns.settled(transcript, how == Ending.PAUSE, how == Ending.ASKED, receipt);
    tellConfirmed(transcript.end());
    hearHeld();
  }

  private Transcript transcript(List<DictatedWord> heard) {
    List<Word> words =
        heard.stream()
            .map(
                w -> new Word(w.text(), takeStart + w.start(), takeStart + w.end(), w.confidence()))
            .toList();
    return new Transcript(
        heard.stream().map(DictatedWord::text).collect(Collectors.joining(" ")),
        words,
        heard.stream().mapToDouble(DictatedWord::confidence).average().orElse(0),
        position);
  }

  private void tellConfirmed(long offset) {
    sinceSignOfLife = 0;
    confirmed = Math.max(confirmed, offset);
    events.accept(new SpeechEvent.Confirmed(confirmed));
  }

  /// Told by the turns.
  @Override
  public void event(SpeechEvent event) {
    events.accept(event);
  }

  /// Asked for by the turns.
  @Override
  public void settle() {
    if (take.isPresent() && ending == null) {
      end(Ending.ASKED);
    }
  }

  @Override
  public void endTurn() {
    if (!over) {
      turns.endTurn();
    }
  }

  /// Key terms are of no use to Vosk.
  @Override
  public void update(UnaryOperator<RecognitionRequest> change) {
    request = change.apply(request);
    endpointing = request.endpointingOr(endpointing);
  }

  void fail(String detail) {
    if (!over) {
      release();
      CallScope.run(request.call(), () -> LOG.log(Level.WARNING, "local: {0}", detail));
      events.accept(new SpeechEvent.Failure(true, "local", detail, Duration.ZERO, ""));
    }
  }

  @Override
  public void close(Runnable closed) {
    release();
    closed.run();
  }

  private void release() {
    over = true;
    turns.close();
    take.ifPresent(DictationTake::finish);
    take = Optional.empty();
    held.clear();
    leadIn.clear();
  }
}
