package voiceagent.sim.deepgram;

import java.time.Duration;
import java.util.function.Consumer;
import voiceagent.sim.event.SimulatorEvents;
import voiceagent.sim.server.Peer;
import voiceagent.sim.server.PeerListener;

/// One client of either streaming API: what both have in common. On its event loop.
abstract class SimulatedStream implements PeerListener {
  private static final String UNDECODABLE =
      "DATA-0000: the payload cannot be decoded as audio of the encoding that was asked for";

  private final Peer peer;
  private final String requestId;
  private final ListenFaults faults;
  private final SimulatorEvents events;
  private final Consumer<SimulatedStream> gone;
  private final boolean container;
  private final long cutAt;

  private long samples;
  private long lastFrameNanos = System.nanoTime();
  private boolean ending;
  private volatile boolean mute;

  /// @param container whether the audio's own header would say what it is
  /// @param silenceLimit after so long without a frame of the client's the connection ends
  /// @param gone told when the connection is over
  SimulatedStream(
      Peer peer,
      String requestId,
      ListenFaults faults,
      SimulatorEvents events,
      boolean container,
      Duration silenceLimit,
      Consumer<SimulatedStream> gone) {
    this.peer = peer;
    this.requestId = requestId;
    this.faults = faults;
    this.events = events;
    this.container = container;
    this.gone = gone;
    mute = ListenFaults.take(faults.muted);
    cutAt = faults.nextCut();
    watch(silenceLimit);
  }

  /// A text message, while the stream is not ending.
  abstract void command(String message);

  abstract void hear(byte[] audio);

  /// There will be no more audio: says what is left, then goodbye.
  abstract void finish();

  /// Lets go of what listens.
  abstract void release();

  /// Says that the words ended, whether or not they did; only `/v1/listen` can.
  void sayUtteranceEnd() {}

  final Peer peer() {
    return peer;
  }

  final String requestId() {
    return requestId;
  }

  final ListenFaults faults() {
    return faults;
  }

  /// Samples that came so far.
  final long samples() {
    return samples;
  }

  /// From now on nothing is said; any thread.
  final void mute() {
    mute = true;
  }

  @Override
  public final void text(String message) {
    lastFrameNanos = System.nanoTime();
    if (!ending) {
      command(message);
    }
  }

  @Override
  public final void binary(byte[] message) {
    lastFrameNanos = System.nanoTime();
    if (ending) {
      return;
    }
    if (message.length == 0) {
      end(); // how streams were closed before there was CloseStream
      return;
    }
    if (container) {
      close(1008, UNDECODABLE);
      return;
    }
    samples += message.length;
    faults.heardMessage(message.length);
    hear(message);
    if (samples >= cutAt || faults.cutsAt(samples)) {
      peer.abort();
    }
  }

  @Override
  public final void closed(int code) {
    ending = true;
    release();
    gone.accept(this);
    tell("closed", String.valueOf(code));
  }

  final void end() {
    ending = true;
    finish();
  }

  final void close(int code, String reason) {
    ending = true;
    later(() -> peer.close(code, reason));
  }

  final void closeWithoutCode() {
    ending = true;
    later(peer::closeWithoutCode);
  }

  /// Sends a message, unless the stream is mute.
  ///
  /// @return whether it is on its way
  final boolean say(String json) {
    if (mute) {
      return false;
    }
    later(() -> peer.text(json));
    return true;
  }

  /// Says goodbye, unless the stream is mute.
  final void leave(Runnable goodbye) {
    if (!mute) {
      later(goodbye);
    }
  }

  final void tell(String kind, String detail) {
    events.tell(DeepgramSimulator.NAME, kind, detail);
  }

  /// In order, by as much as Deepgram is slow.
  private void later(Runnable task) {
    Duration delay = faults.answerDelay;
    if (delay.isZero()) {
      task.run();
    } else {
      var _ = peer.after(delay, task);
    }
  }

  private void watch(Duration limit) {
    var _ =
        peer.after(
            Duration.ofNanos(lastFrameNanos + limit.toNanos() - System.nanoTime()),
            () -> {
              if (System.nanoTime() - lastFrameNanos < limit.toNanos()) {
                watch(limit);
              } else if (!ending) {
                close(1011, "NET-0001: no audio or message from the client within the time limit");
              }
            });
  }
}
