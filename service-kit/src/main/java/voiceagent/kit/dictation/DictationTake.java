package voiceagent.kit.dictation;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/// One stretch of speech on its way through Vosk. Methods never block, from any thread.
///
/// Full: at 30 s of audio that wait, further audio is not heard.
public final class DictationTake {
  private static final int MOST_WAITING = 1500;
  private static final byte[] END = {};

  /// Told of the words so far, on a thread of [Dictation]. Times are samples since the take began;
  /// those of words that are not settled yet are estimates.
  @FunctionalInterface
  public interface Listener {
    /// @param last whether the take is over
    void words(DictationTake take, List<DictatedWord> words, boolean last);
  }

  private final Dictation dictation;
  private final Executor threads;
  private final Listener listener;

  private final Deque<byte[]> waiting = new ArrayDeque<>();
  private boolean running;
  private boolean ending;

  // Only on a thread of the dictation, one at a time.
  private final List<DictatedWord> settled = new ArrayList<>();
  private List<DictatedWord> told = List.of();
  private @Nullable VoskRecognizer recognizer;

  DictationTake(Dictation dictation, Executor threads, Listener listener) {
    this.dictation = dictation;
    this.threads = threads;
    this.listener = listener;
  }

  /// The next stretch of mu-law.
  public void add(byte[] mulaw) {
    synchronized (waiting) {
      if (ending || waiting.size() >= MOST_WAITING || mulaw.length == 0) {
        return;
      }
      waiting.add(mulaw);
      wake();
    }
  }

  /// There is no more: the listener is told the last time, once what waits was heard.
  public void finish() {
    synchronized (waiting) {
      if (!ending) {
        ending = true;
        waiting.add(END);
        wake();
      }
    }
  }

  private void wake() {
    if (!running) {
      running = true;
      try {
        threads.execute(this::work);
      } catch (RejectedExecutionException e) {
        running = false; // the dictation was closed
      }
    }
  }

  private void work() {
    while (true) {
      byte[] next;
      synchronized (waiting) {
        next = waiting.poll();
        if (next == null) {
          running = false;
          return;
        }
      }
      if (next.length == 0) {
        end();
      } else {
        hear(next);
      }
    }
  }

  private void hear(byte[] mulaw) {
    if (recognizer == null) {
      recognizer = dictation.recognizer().orElse(null);
    }
    if (recognizer == null) {
      return;
    }
    List<DictatedWord> now = new ArrayList<>(settled);
    if (recognizer.hear(mulaw)) {
      settled.addAll(recognizer.result());
      now = settled;
    } else {
      guess(now, recognizer.partial(), recognizer.position());
    }
    if (!now.equals(told)) {
      told = List.copyOf(now);
      listener.words(this, told, false);
    }
  }

  /// Adds the words of a partial result, which have no times: a word that was told keeps the times
  /// it was given, the others share what was heard since.
  private void guess(List<DictatedWord> words, String partial, long heard) {
    String[] texts = partial.split(" +", -1);
    int kept = words.size();
    int all = kept + (texts[0].isEmpty() ? 0 : texts.length);
    while (kept < Math.min(all, told.size())
        && told.get(kept).text().equals(texts[kept - settled.size()])) {
      words.add(told.get(kept++));
    }
    long start = words.isEmpty() ? 0 : words.getLast().end();
    for (int i = kept; i < all; i++) {
      long end = Math.max(start, start + (heard - start) / (all - i));
      words.add(new DictatedWord(texts[i - settled.size()], start, end, 0));
      start = end;
    }
  }

  private void end() {
    if (recognizer != null) {
      settled.addAll(recognizer.finalResult());
    }
    dictation.release(recognizer);
    recognizer = null;
    listener.words(this, List.copyOf(settled), true);
  }
}
