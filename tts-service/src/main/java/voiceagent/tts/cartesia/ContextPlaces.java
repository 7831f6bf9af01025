package voiceagent.tts.cartesia;

import java.util.concurrent.atomic.AtomicInteger;

/// The contexts that Cartesia's plan lets all calls of this service have at once. Any thread.
final class ContextPlaces {
  private final int most;
  private final AtomicInteger taken = new AtomicInteger();

  /// @param most 0: as many as Cartesia gives
  ContextPlaces(int most) {
    this.most = most;
  }

  /// @return false if all are taken
  boolean tryTake() {
    if (taken.incrementAndGet() > most && most > 0) {
      taken.decrementAndGet();
      return false;
    }
    return true;
  }

  /// Takes one although all may be taken: for a context that follows another of the same reply.
  void take() {
    taken.incrementAndGet();
  }

  void release() {
    taken.decrementAndGet();
  }
}
