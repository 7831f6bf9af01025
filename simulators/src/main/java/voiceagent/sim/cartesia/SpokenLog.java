package voiceagent.sim.cartesia;

import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import voiceagent.sim.speech.SpokenWord;

/// What was spoken, context by context, for tests to compare with what a client got. Any thread.
///
/// Full: the oldest context is forgotten.
final class SpokenLog {
  private static final int MAX_CONTEXTS = 2000;

  private final ArrayDeque<Entry> entries = new ArrayDeque<>();

  /// One context as it grows.
  final class Entry {
    private final String context;
    private final StringBuilder text = new StringBuilder();
    private final ByteArrayOutputStream audio = new ByteArrayOutputStream();
    private final List<SpokenWord> words = new ArrayList<>();
    private int sent;
    private Spoken.State state = Spoken.State.LIVE;

    private Entry(String context) {
      this.context = context;
    }

    void text(String transcript) {
      synchronized (SpokenLog.this) {
        text.append(transcript);
      }
    }

    void made(byte[] bytes, List<SpokenWord> spoken) {
      synchronized (SpokenLog.this) {
        audio.writeBytes(bytes);
        words.addAll(spoken);
      }
    }

    void sent(int bytes) {
      synchronized (SpokenLog.this) {
        sent += bytes;
      }
    }

    void end(Spoken.State how) {
      synchronized (SpokenLog.this) {
        if (state == Spoken.State.LIVE) {
          state = how;
        }
      }
    }
  }

  synchronized Entry begin(String context) {
    Entry entry = new Entry(context);
    entries.add(entry);
    if (entries.size() > MAX_CONTEXTS) {
      entries.remove();
    }
    return entry;
  }

  synchronized List<Spoken> all() {
    return entries.stream()
        .map(e ->
            new Spoken(
                e.context, e.text.toString(), e.audio.toByteArray(), e.sent, e.words, e.state))
        .toList();
  }
}
