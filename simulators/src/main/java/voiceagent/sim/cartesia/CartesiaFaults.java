package voiceagent.sim.cartesia;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import voiceagent.sim.cartesia.AudioFault.Kind;

/// Ways to fail that a test may switch on. Any thread.
///
/// What happens within audio happens to one context, the next that begins; asked for twice, to the
/// next two.
public final class CartesiaFaults {
  private static final int SAMPLES_PER_MS = 8;

  private final Queue<AudioFault> next = new ArrayDeque<>();
  private int refusals;
  private int refusalStatus;
  volatile Duration firstChunkDelay = Duration.ZERO;
  volatile boolean lateChunksAfterCancel;

  CartesiaFaults() {}

  /// The first audio of each input comes so much later.
  public void delayFirstChunk(Duration by) {
    firstChunkDelay = by;
  }

  /// The socket is cut between a context's first request and its first audio.
  public void cutBeforeAudio() {
    add(Kind.CUT, Duration.ZERO);
  }

  /// The socket is cut once so much audio of a context was sent.
  public void cutAfter(Duration audio) {
    add(Kind.CUT, audio);
  }

  /// A context falls silent once so much audio was sent: no more audio, no `done`.
  public void stallAfter(Duration audio) {
    add(Kind.STALL, audio);
  }

  /// A context fails with status 500 once so much audio was sent.
  public void failAfter(Duration audio) {
    add(Kind.FAIL, audio);
  }

  /// A context says `done` after its first input, though the client did not close it.
  public void endAfterFirstInput() {
    add(Kind.END, Duration.ZERO);
  }

  /// Chunks of a cancelled context go on coming for a while.
  public void lateChunksAfterCancel(boolean on) {
    lateChunksAfterCancel = on;
  }

  /// The next handshakes are refused.
  public synchronized void refuseHandshakes(int count, int status) {
    refusals = count;
    refusalStatus = status;
  }

  /// Takes back all that did not happen yet.
  public synchronized void clear() {
    next.clear();
    refusals = 0;
    firstChunkDelay = Duration.ZERO;
    lateChunksAfterCancel = false;
  }

  synchronized @Nullable AudioFault take() {
    return next.poll();
  }

  /// The status of this refusal; 0 for none.
  synchronized int refusal() {
    if (refusals == 0) {
      return 0;
    }
    refusals--;
    return refusalStatus;
  }

  private synchronized void add(Kind kind, Duration audio) {
    next.add(new AudioFault(kind, (int) audio.toMillis() * SAMPLES_PER_MS));
  }
}
