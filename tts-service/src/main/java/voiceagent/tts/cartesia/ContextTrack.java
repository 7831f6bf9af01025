package voiceagent.tts.cartesia;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import voiceagent.kit.audio.AudioFrame;
import voiceagent.tts.synthesize.SynthesisEvent;
import voiceagent.tts.synthesize.TimedWord;

/// What comes of one context, told in the terms of its reply: which clause audio belongs to, where
/// it lies in the reply, and what of it was told already by a context that was lost.
///
/// A clause ends where Cartesia says that its input is flushed. That is not promised, so the first
/// word of the next clause ends it too. No clock, no I/O; on the session's event loop.
final class ContextTrack {
  /// What a gateway takes in one message.
  private static final int MAX_AUDIO = 32_000;

  private static final int LOOK_AHEAD = 4;
  private static final long UNKNOWN = -1;

  final String id;
  private final SpokenReply reply;

  /// Where the context's audio begins within the reply's.
  private final long base;

  private final List<Given> given = new ArrayList<>();
  private long received;
  private int flushes;
  private boolean closed;
  private int cursor;

  /// A clause that the context was given.
  private static final class Given {
    final Clause clause;
    final int position;
    int wordsSeen;
    int nextWord;
    long firstWord = UNKNOWN;

    Given(Clause clause, int position) {
      this.clause = clause;
      this.position = position;
    }
  }

  /// A context for what is not complete of a reply.
  ContextTrack(String id, SpokenReply reply) {
    this.id = id;
    this.reply = reply;
    base = reply.doneSamples;
  }

  /// The context was sent a clause.
  ///
  /// @param position of the clause in its reply
  void give(int position) {
    given.add(new Given(reply.clauses.get(position), position));
  }

  /// The context was told that no input follows.
  void close() {
    closed = true;
  }

  boolean isClosed() {
    return closed;
  }

  /// Whether a clause that it was given is not complete, or the context is closed and not done.
  boolean owes() {
    return closed || current() < given.size();
  }

  /// Any audio came.
  boolean hasAudio() {
    return received > 0;
  }

  /// The next audio, converted.
  void audio(byte[] mulaw) {
    int at = 0;
    while (at < mulaw.length) {
      int current = current();
      long boundary = current + 1 < given.size() ? given.get(current + 1).firstWord : UNKNOWN;
      if (boundary != UNKNOWN && boundary <= position()) {
        reply.complete(position());
        continue;
      }
      int to = Math.min(mulaw.length, at + MAX_AUDIO);
      if (boundary != UNKNOWN) {
        to = (int) Math.min(to, at + boundary - position());
      }
      tell(given.get(Math.min(current, given.size() - 1)).clause, mulaw, at, to);
      received += to - at;
      at = to;
    }
  }

  private void tell(Clause clause, byte[] mulaw, int from, int to) {
    long known = Math.min(Math.max(0, reply.told - position()), to - from);
    int begin = from + (int) known;
    if (begin < to) {
      long offset = position() + known;
      reply.told = offset + to - begin;
      reply.strikes = 0;
      reply.tell(
          new SynthesisEvent.Audio(
              reply.id, clause.index, offset, AudioFrame.of(Arrays.copyOfRange(mulaw, begin, to))));
    }
  }

  /// The next words.
  void words(List<CartesiaMessage.Word> words) {
    int from = 0;
    List<TimedWord> fresh = new ArrayList<>();
    for (CartesiaMessage.Word word : words) {
      int at = locate(word);
      if (at != from && !fresh.isEmpty()) {
        tell(from, fresh);
        fresh = new ArrayList<>();
      }
      from = at;
      if (at >= 0) {
        Given clause = given.get(at);
        clause.wordsSeen++;
        if (clause.wordsSeen > clause.clause.wordsTold) {
          clause.clause.wordsTold = clause.wordsSeen;
          fresh.add(new TimedWord(word.text(), base + word.start(), base + word.end()));
        }
      }
    }
    if (!fresh.isEmpty()) {
      tell(from, fresh);
    }
  }

  private void tell(int at, List<TimedWord> words) {
    reply.tell(new SynthesisEvent.Words(reply.id, given.get(at).clause.index, List.copyOf(words)));
  }

  /// The clause that a word belongs to: words come in the order of the text, but Cartesia may write
  /// one otherwise, or leave it out.
  ///
  /// @return -1 for a lone sign that stands in no clause
  private int locate(CartesiaMessage.Word word) {
    String key = Clause.key(word.text());
    int clause = cursor;
    int ahead = given.get(clause).nextWord;
    for (int step = 0; step < LOOK_AHEAD && clause < given.size(); step++) {
      List<String> keys = given.get(clause).clause.keys;
      if (ahead >= keys.size()) {
        clause++;
        ahead = 0;
        step--;
        continue;
      }
      if (keys.get(ahead).equals(key)) {
        found(clause, ahead, word);
        return clause;
      }
      if (key.isEmpty()) {
        return -1;
      }
      ahead++;
    }
    return cursor;
  }

  private void found(int clause, int word, CartesiaMessage.Word spoken) {
    Given match = given.get(clause);
    cursor = clause;
    match.nextWord = word + 1;
    if (match.firstWord == UNKNOWN) {
      match.firstWord = base + spoken.start();
    }
  }

  /// One more input is flushed: the n-th time, the n-th input. One that has no audio since the
  /// clause before it is not believed.
  void flushed() {
    int input = flushes++;
    while (current() <= input && current() < given.size() && position() > reply.doneSamples) {
      reply.complete(position());
    }
  }

  /// The context is done: completes what it spoke. What it did not stays incomplete: it expired
  /// just when the clause was sent.
  void done() {
    while (current() < given.size() && isSpoken(given.get(current()))) {
      reply.complete(position());
    }
    reply.doneSamples = Math.max(reply.doneSamples, position());
  }

  /// A clause that left no trace in two contexts makes no sound.
  private boolean isSpoken(Given clause) {
    boolean hasWords = given.stream().anyMatch(g -> g.wordsSeen > 0);
    if (hasWords ? clause.wordsSeen > 0 : position() > reply.doneSamples) {
      return true;
    }
    boolean again = clause.clause.leftNoTrace;
    clause.clause.leftNoTrace = true;
    return again;
  }

  /// Index of the first clause that is not complete; beyond the last if all are.
  private int current() {
    int at = 0;
    while (at < given.size() && given.get(at).position < reply.done) {
      at++;
    }
    return at;
  }

  private long position() {
    return base + received;
  }
}
