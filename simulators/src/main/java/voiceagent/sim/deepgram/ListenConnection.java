package voiceagent.sim.deepgram;

import java.time.Duration;
import java.util.function.Consumer;
import voiceagent.sim.event.SimulatorEvents;
import voiceagent.sim.server.Peer;
import voiceagent.sim.server.PeerListener;
import voiceagent.sim.speech.AudioIndex;
import voiceagent.sim.speech.Dictation;

/// One client of `/v1/listen`. On its event loop.
final class ListenConnection implements PeerListener {
  private static final String UNDECODABLE =
      "DATA-0000: the payload cannot be decoded as audio of the encoding that was asked for";

  private final Peer peer;
  private final ListenParameters parameters;
  private final String requestId;
  private final ListenFaults faults;
  private final SimulatorEvents events;
  private final Consumer<ListenConnection> gone;
  private final Ear ear;
  private final Transcriber transcriber;

  private long samples;
  private long lastFrameNanos = System.nanoTime();
  private boolean ending;
  private volatile boolean mute;

  /// @param silenceLimit after so long without a frame of the client's the connection ends
  /// @param gone told when the connection is over
  ListenConnection(
      Peer peer,
      ListenParameters parameters,
      String requestId,
      ListenFaults faults,
      SimulatorEvents events,
      AudioIndex known,
      Dictation dictation,
      Duration silenceLimit,
      Consumer<ListenConnection> gone) {
    this.peer = peer;
    this.parameters = parameters;
    this.requestId = requestId;
    this.faults = faults;
    this.events = events;
    this.gone = gone;
    transcriber = new Transcriber(parameters, faults, this::say);
    ear = new Ear(peer, known.matcher(), dictation, transcriber::pause, transcriber::step);
    mute = ListenFaults.take(faults.muted);
    watch(silenceLimit);
  }

  /// From now on nothing is said; any thread.
  void mute() {
    mute = true;
  }

  Peer peer() {
    return peer;
  }

  /// Says that the words ended, whether or not they did; any thread.
  void sayUtteranceEnd() {
    peer.execute(() -> say(new Heard.UtteranceEnd(samples)));
  }

  @Override
  public void text(String message) {
    lastFrameNanos = System.nanoTime();
    if (ending) {
      return;
    }
    switch (ListenJson.type(message)) {
      case "KeepAlive" -> {}
      case "Finalize" -> ear.settled(transcriber::finish);
      case "CloseStream" -> end();
      default ->
          close(
              1008, "DATA-0000: unknown text message, expected KeepAlive, Finalize or CloseStream");
    }
  }

  @Override
  public void binary(byte[] message) {
    lastFrameNanos = System.nanoTime();
    if (ending) {
      return;
    }
    if (message.length == 0) {
      end(); // how streams were closed before there was CloseStream
      return;
    }
    if (parameters.container()) {
      close(1008, UNDECODABLE);
      return;
    }
    samples += message.length;
    ear.hear(message);
    if (faults.cutsAt(samples)) {
      peer.abort();
    }
  }

  @Override
  public void closed(int code) {
    ending = true;
    ear.close();
    gone.accept(this);
    events.tell(DeepgramSimulator.NAME, "closed", String.valueOf(code));
  }

  private void end() {
    ending = true;
    ear.end(rest -> {
      transcriber.end(rest);
      if (!mute) {
        peer.text(ListenJson.metadata(requestId, samples));
        peer.close(1000, "");
      }
    });
  }

  private void close(int code, String reason) {
    ending = true;
    peer.close(code, reason);
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

  private void say(Heard heard) {
    if (mute) {
      return;
    }
    peer.text(ListenJson.of(heard, parameters.model(), requestId));
    switch (heard) {
      case Heard.Results results -> tell(results);
      case Heard.SpeechStarted _ -> tell("speech-started", "");
      case Heard.UtteranceEnd _ -> tell("utterance-end", "");
    }
  }

  private void tell(Heard.Results results) {
    tell(results.last() ? "final" : "interim", results.transcript());
    if (results.pause()) {
      tell("speech-final", results.transcript());
    }
  }

  private void tell(String kind, String detail) {
    events.tell(DeepgramSimulator.NAME, kind, detail);
  }
}
