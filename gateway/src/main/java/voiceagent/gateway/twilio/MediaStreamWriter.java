package voiceagent.gateway.twilio;

import io.helidon.common.buffers.BufferData;
import io.helidon.websocket.WsSession;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import voiceagent.gateway.playout.Carrier;
import voiceagent.kit.audio.AudioFrame;

/// The only writer of one media stream: a bounded queue and a virtual thread that empties it. Any
/// thread gives commands; none waits. What is given before a [#flush] goes out in one go, so that
/// the thread's wake-up cannot come between the first frames of a reply.
///
/// A blocking write has no deadline of its own: [SocketWatchdog] looks at [#writingFor].
final class MediaStreamWriter implements Carrier {
  /// Full: the stream ends. The pacer sends the lead at once and 50 frames a second, a write may
  /// take 1 s: this is never reached by a carrier that reads.
  static final int MAX_QUEUED = 512;

  private static final int NORMAL = 1000;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition flushed = lock.newCondition();
  private final Deque<Consumer<WsSession>> queue = new ArrayDeque<>();
  private final WsSession session;
  private final TwilioCodec codec;
  private final Consumer<String> onFailure;
  private final LongSupplier clock;
  private final Thread thread;
  private boolean due;
  private volatile long writingSince;
  private volatile boolean closing;

  /// @param onFailure told why nothing more can be written; may be told more than once
  /// @param clock nanoseconds
  MediaStreamWriter(
      WsSession session, TwilioCodec codec, Consumer<String> onFailure, LongSupplier clock) {
    this.session = session;
    this.codec = codec;
    this.onFailure = onFailure;
    this.clock = clock;
    thread = Thread.ofVirtual().name("twilio-writer").start(this::write);
  }

  @Override
  public boolean media(AudioFrame frame) {
    return send(new TwilioCommand.Media(frame));
  }

  @Override
  public boolean mark(String name) {
    return send(new TwilioCommand.Mark(name));
  }

  @Override
  public boolean clear() {
    return send(new TwilioCommand.Clear());
  }

  @Override
  public void flush() {
    lock.lock();
    try {
      due = true;
      flushed.signal();
    } finally {
      lock.unlock();
    }
  }

  /// Asks whether the peer is still there: it must answer. Source: RFC 6455, 5.5.2.
  void ping() {
    offer(s -> s.ping(BufferData.create(new byte[0])));
    flush();
  }

  /// Answers the peer's own ping.
  void pong(BufferData payload) {
    offer(s -> s.pong(payload));
    flush();
  }

  @Override
  public void close(String reason) {
    if (!closing) {
      offer(s -> s.close(NORMAL, reason));
      closing = true;
      flush();
    }
  }

  /// How long the write that is under way has taken, in nanoseconds; 0 if none is.
  long writingFor(long now) {
    long since = writingSince;
    return since == 0 ? 0 : Math.max(1, now - since);
  }

  /// Ends the thread, and a write that blocks.
  void stop() {
    closing = true;
    thread.interrupt();
  }

  private boolean send(TwilioCommand command) {
    return offer(s -> s.send(codec.encode(command), true));
  }

  private boolean offer(Consumer<WsSession> write) {
    if (closing) {
      return false;
    }
    lock.lock();
    try {
      if (queue.size() < MAX_QUEUED) {
        return queue.add(write);
      }
    } finally {
      lock.unlock();
    }
    onFailure.accept("write-queue-full");
    return false;
  }

  private void write() {
    try {
      List<Consumer<WsSession>> next = take();
      while (!next.isEmpty()) {
        for (Consumer<WsSession> command : next) {
          writingSince = clock.getAsLong();
          command.accept(session);
        }
        writingSince = 0;
        next = take();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) { // the peer is gone, or Helidon refuses what it is to write
      onFailure.accept("write-failed");
    }
  }

  /// All that waits, once it is due; nothing when the stream is closing and all is written.
  private List<Consumer<WsSession>> take() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while ((!due || queue.isEmpty()) && !closing) { // one flush may have taken two threads' work
        due = false;
        flushed.await();
      }
      due = false;
      List<Consumer<WsSession>> all = new ArrayList<>(queue);
      queue.clear();
      return all;
    } finally {
      lock.unlock();
    }
  }
}
