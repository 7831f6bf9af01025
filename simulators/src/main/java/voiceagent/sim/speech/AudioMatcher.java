package voiceagent.sim.speech;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import voiceagent.sim.speech.AudioIndex.Place;

/// Finds known speech in one stream of mu-law. One thread at a time.
///
/// A word counts when every byte of its sound came, in sequence: a frame that was lost, doubled or
/// changed within a word loses it, a word that came twice is heard twice.
public final class AudioMatcher {
  /// How far back a match is followed once it is found: 2 s.
  private static final int HISTORY = 1 << 14;

  private static final int MOST_TRACKS = 8;

  /// Words told lately, so that speech which lies in two utterances is told once.
  private static final int RECENT = 8;

  private final AudioIndex index;
  private final Consumer<Stretch> stretches;
  private final byte[] history = new byte[HISTORY];
  private final List<Track> tracks = new ArrayList<>();
  private final Deque<HeardWord> recent = new ArrayDeque<>();
  private final List<HeardWord> pending = new ArrayList<>();
  private long position;
  private long hash;

  AudioMatcher(AudioIndex index, Consumer<Stretch> stretches) {
    this.index = index;
    this.stretches = stretches;
  }

  /// Takes the next bytes of the stream, of any number.
  ///
  /// @return the words whose end they passed, in order
  public List<HeardWord> add(byte[] mulaw) {
    index.reading(() -> {
      for (byte b : mulaw) {
        next(b);
      }
    });
    return due(position);
  }

  /// The stream is over.
  ///
  /// @return the words of which only silence is missing
  public List<HeardWord> flush() {
    tracks.forEach(t -> t.breakRun(position));
    tracks.clear();
    return due(Long.MAX_VALUE);
  }

  /// Samples so far.
  public long position() {
    return position;
  }

  /// The utterance that the stream is within; empty where it carries something unknown or silence.
  public Optional<Utterance> current() {
    return tracks.stream()
        .filter(Track::follows)
        .max(Comparator.comparingLong(t -> -t.runStart))
        .map(t -> t.speech.utterance());
  }

  /// The first sample of the word that is being spoken; where none is, the next sample to come.
  public long wordBegan() {
    long began = position;
    for (Track track : tracks) {
      if (track.follows() && track.word < track.speech.words()) {
        began = Math.min(began, track.origin + track.speech.word(track.word).start());
      }
    }
    for (HeardWord word : pending) {
      began = Math.min(began, word.start());
    }
    return began;
  }

  private void next(byte b) {
    byte out = position < AudioIndex.WINDOW ? 0 : past(position - AudioIndex.WINDOW);
    history[(int) position & (HISTORY - 1)] = b;
    hash = position < AudioIndex.WINDOW ? AudioIndex.enter(hash, b) : AudioIndex.roll(hash, out, b);
    position++;
    for (int i = tracks.size() - 1; i >= 0; i--) {
      if (!tracks.get(i).next(b)) {
        tracks.remove(i);
      }
    }
    if (position >= AudioIndex.WINDOW) {
      for (Place place = index.find(hash); place != null; place = place.next()) {
        follow(place);
      }
    }
  }

  private byte past(long at) {
    return history[(int) at & (HISTORY - 1)];
  }

  private void follow(Place place) {
    long origin = position - AudioIndex.WINDOW - place.offset();
    for (Track track : tracks) {
      if (track.origin == origin && track.speech == place.speech()) {
        return;
      }
    }
    Track track = new Track(place.speech(), origin);
    if (tracks.size() < MOST_TRACKS && track.begin()) {
      tracks.add(track);
    }
  }

  private void heard(HeardWord word) {
    if (recent.stream().anyMatch(word::overlaps)) {
      return;
    }
    recent.addLast(word);
    if (recent.size() > RECENT) {
      recent.removeFirst();
    }
    pending.add(word);
  }

  private List<HeardWord> due(long before) {
    if (pending.isEmpty()) {
      return List.of();
    }
    List<HeardWord> due = pending.stream().filter(w -> w.end() <= before).toList();
    pending.removeAll(due);
    return due.stream().sorted(Comparator.comparingLong(HeardWord::start)).toList();
  }

  /// An utterance laid over the stream at one place.
  private final class Track {
    /// A byte that differs costs so many bytes that agree: noise ends a track in 20 ms.
    private static final int COST = 8;

    private static final int SPENT = 1000;

    /// Bytes in sequence that make a stretch.
    private static final int LEAST_STRETCH = 400;

    private final KnownSpeech speech;

    /// Where the utterance's first sample lies in the stream; may be before its begin.
    private final long origin;

    /// From here on all bytes agree.
    private long runStart;

    private int word;
    private int cost;

    Track(KnownSpeech speech, long origin) {
      this.speech = speech;
      this.origin = origin;
    }

    /// Follows the match back.
    ///
    /// @return false if the bytes differ though their hash agrees
    boolean begin() {
      runStart = position;
      long earliest = Math.max(Math.max(0, origin), position - HISTORY);
      while (runStart > earliest && past(runStart - 1) == speech.at(runStart - 1 - origin)) {
        runStart--;
      }
      passWords();
      return position - runStart >= AudioIndex.WINDOW;
    }

    boolean follows() {
      return position - runStart >= AudioIndex.WINDOW;
    }

    /// @return false if the track is over
    boolean next(byte b) {
      long offset = position - 1 - origin;
      if (offset >= speech.length()) {
        breakRun(position - 1);
        return false;
      }
      if (b == speech.at(offset)) {
        cost = Math.max(0, cost - 1);
      } else {
        breakRun(position - 1);
        runStart = position;
        cost += COST;
      }
      passWords();
      return cost < SPENT;
    }

    private void passWords() {
      while (word < speech.words() && origin + speech.soundEnd(word) <= position) {
        if (origin + speech.soundStart(word) >= runStart) {
          SpokenWord said = speech.word(word);
          heard(
              new HeardWord(
                  said.text(), origin + said.start(), origin + said.end(), speech.utterance()));
        }
        word++;
      }
    }

    private void breakRun(long end) {
      if (end - runStart >= LEAST_STRETCH) {
        stretches.accept(new Stretch(speech.utterance(), runStart - origin, runStart, end));
      }
    }
  }
}
