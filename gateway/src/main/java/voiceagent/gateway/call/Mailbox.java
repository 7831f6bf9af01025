package voiceagent.gateway.call;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// What a call has to do: two bounded queues, signals before audio. Any thread posts, one takes.
final class Mailbox {
  static final int MAX_SIGNALS = 1024;
  static final int MAX_AUDIO = 4096;

  private final Runnable overload;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition filled = lock.newCondition();
  private final Deque<Runnable> signals = new ArrayDeque<>();
  private final Deque<Runnable> audio = new ArrayDeque<>();

  /// @param overload told when something is lost without which the call cannot go on
  Mailbox(Runnable overload) {
    this.overload = overload;
  }

  /// Never blocks.
  void signal(Runnable task) {
    if (!offer(signals, MAX_SIGNALS, task)) {
      overload.run();
    }
  }

  /// What keeps its order with the audio, and must not be lost. Never blocks.
  void agentAudio(Runnable task) {
    if (!audio(task)) {
      overload.run();
    }
  }

  /// Never blocks.
  ///
  /// @return false if the queue is full and the audio is lost
  boolean audio(Runnable task) {
    return offer(audio, MAX_AUDIO, task);
  }

  /// The next task; waits for one.
  Runnable take() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (signals.isEmpty() && audio.isEmpty()) {
        filled.await();
      }
      return signals.isEmpty() ? audio.removeFirst() : signals.removeFirst();
    } finally {
      lock.unlock();
    }
  }

  /// The next task; empty if none comes in time.
  Optional<Runnable> poll(Duration within) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long left = within.toNanos();
      while (signals.isEmpty() && audio.isEmpty()) {
        if (left <= 0) {
          return Optional.empty();
        }
        left = filled.awaitNanos(left);
      }
      return Optional.of(signals.isEmpty() ? audio.removeFirst() : signals.removeFirst());
    } finally {
      lock.unlock();
    }
  }

  private boolean offer(Deque<Runnable> queue, int bound, Runnable task) {
    lock.lock();
    try {
      if (queue.size() >= bound) {
        return false;
      }
      queue.addLast(task);
      filled.signal();
      return true;
    } finally {
      lock.unlock();
    }
  }
}
