package voiceagent.sim.speech;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/// Known speech, found again in any stream of mu-law that carries its bytes unchanged, however they
/// are framed and whatever stands before them. Any thread; what is added is found by matchers that
/// exist already.
///
/// A hash of [#WINDOW] bytes is kept for each [#STEP]th offset of each utterance, windows of
/// silence left out; a matcher rolls the same hash over its stream. Where gain, a codec or a second
/// voice changed the bytes, nothing is found.
public final class AudioIndex {
  static final int WINDOW = 64;
  static final int STEP = 40;

  /// Windows with fewer different bytes are silence: they would be found everywhere.
  private static final int LEAST_DISTINCT = 16;

  /// Places kept for one window: speech that repeats is found at one of them.
  private static final int MOST_PLACES = 8;

  private static final long BASE = 0x9E3779B97F4A7C15L;
  private static final long BASE_TO_WINDOW = power(BASE, WINDOW);

  /// Where a window lies.
  record Place(KnownSpeech speech, int offset, @Nullable Place next) {
    int count() {
      return next == null ? 1 : 1 + next.count();
    }
  }

  private final ReadWriteLock lock = new ReentrantReadWriteLock();
  private final Set<Utterance> added = new HashSet<>();
  private long[] hashes = new long[1024];
  private @Nullable Place[] places = new @Nullable Place[1024];
  private int filled;

  /// An index of these utterances.
  public static AudioIndex of(Iterable<Utterance> utterances) {
    AudioIndex index = new AudioIndex();
    utterances.forEach(index::add);
    return index;
  }

  /// Adds speech; nothing happens if an equal utterance is there.
  public void add(Utterance utterance) {
    lock.writeLock().lock();
    try {
      if (added.add(utterance)) {
        KnownSpeech speech = new KnownSpeech(utterance);
        byte[] audio = utterance.mulaw();
        for (int at = 0; at + WINDOW <= audio.length; at += STEP) {
          if (distinct(audio, at) >= LEAST_DISTINCT) {
            put(hash(audio, at), speech, at);
          }
        }
      }
    } finally {
      lock.writeLock().unlock();
    }
  }

  /// For one stream, from its first byte on.
  public AudioMatcher matcher() {
    return new AudioMatcher(this, _ -> {});
  }

  /// The known words in a whole recording.
  public List<HeardWord> words(byte[] mulaw) {
    AudioMatcher matcher = matcher();
    List<HeardWord> words = new ArrayList<>(matcher.add(mulaw));
    words.addAll(matcher.flush());
    return words;
  }

  /// The stretches of known audio in a whole recording, with or without words, by their start. One
  /// that lies within another is left out.
  public List<Stretch> stretches(byte[] mulaw) {
    List<Stretch> found = new ArrayList<>();
    AudioMatcher matcher = new AudioMatcher(this, found::add);
    matcher.add(mulaw);
    matcher.flush();
    found.sort(Comparator.comparingLong(Stretch::start).thenComparingLong(s -> -s.end()));
    List<Stretch> widest = new ArrayList<>();
    for (Stretch stretch : found) {
      if (widest.isEmpty() || stretch.end() > widest.getLast().end()) {
        widest.add(stretch);
      }
    }
    return widest;
  }

  /// Runs work while nothing can be added.
  void reading(Runnable work) {
    lock.readLock().lock();
    try {
      work.run();
    } finally {
      lock.readLock().unlock();
    }
  }

  /// Where a window of this hash lies; only within [#reading].
  @Nullable Place find(long hash) {
    int slot = slot(hash, hashes.length);
    while (places[slot] != null) {
      if (hashes[slot] == hash) {
        return places[slot];
      }
      slot = (slot + 1) & (hashes.length - 1);
    }
    return null;
  }

  /// The hash of a window that is not full yet, with one byte more.
  static long enter(long hash, byte in) {
    return hash * BASE + value(in);
  }

  /// The hash one byte on.
  ///
  /// @param out the byte that leaves the window
  /// @param in the byte that enters it
  static long roll(long hash, byte out, byte in) {
    return enter(hash, in) - value(out) * BASE_TO_WINDOW;
  }

  private static long hash(byte[] audio, int at) {
    long hash = 0;
    for (int i = at; i < at + WINDOW; i++) {
      hash = enter(hash, audio[i]);
    }
    return hash;
  }

  private static long value(byte b) {
    return (b & 0xFFL) + 1;
  }

  private void put(long hash, KnownSpeech speech, int offset) {
    if (2 * (filled + 1) > hashes.length) {
      grow();
    }
    int slot = slot(hash, hashes.length);
    while (places[slot] != null && hashes[slot] != hash) {
      slot = (slot + 1) & (hashes.length - 1);
    }
    Place there = places[slot];
    if (there == null) {
      filled++;
    } else if (there.count() >= MOST_PLACES) {
      return;
    }
    hashes[slot] = hash;
    places[slot] = new Place(speech, offset, there);
  }

  private void grow() {
    long[] oldHashes = hashes;
    @Nullable Place[] oldPlaces = places;
    hashes = new long[2 * oldHashes.length];
    places = new @Nullable Place[hashes.length];
    for (int i = 0; i < oldHashes.length; i++) {
      if (oldPlaces[i] != null) {
        int slot = slot(oldHashes[i], hashes.length);
        while (places[slot] != null) {
          slot = (slot + 1) & (hashes.length - 1);
        }
        hashes[slot] = oldHashes[i];
        places[slot] = oldPlaces[i];
      }
    }
  }

  private static int slot(long hash, int size) {
    return (int) ((hash ^ (hash >>> 32)) * 0x85EBCA6B) & (size - 1);
  }

  private static int distinct(byte[] audio, int at) {
    boolean[] seen = new boolean[256];
    int distinct = 0;
    for (int i = at; i < at + WINDOW; i++) {
      if (!seen[audio[i] & 0xFF]) {
        seen[audio[i] & 0xFF] = true;
        distinct++;
      }
    }
    return distinct;
  }

  private static long power(long base, int exponent) {
    long power = 1;
    for (int i = 0; i < exponent; i++) {
      power *= base;
    }
    return power;
  }
}
