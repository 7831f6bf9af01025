package voiceagent.sim.deepgram;

import java.time.Duration;
import java.util.function.Consumer;
import voiceagent.kit.dictation.Dictation;
import voiceagent.sim.event.SimulatorEvents;
import voiceagent.sim.server.Peer;
import voiceagent.sim.speech.AudioIndex;

/// One client of `/v1/listen`. On its event loop.
final class ListenConnection extends SimulatedStream {
  private final ListenParameters parameters;
  private final Ear ear;
  private final Transcriber transcriber;

  ListenConnection(
      Peer peer,
      ListenParameters parameters,
      String requestId,
      ListenFaults faults,
      SimulatorEvents events,
      AudioIndex known,
      Dictation dictation,
      Duration silenceLimit,
      Consumer<SimulatedStream> gone) {
    super(peer, requestId, faults, events, parameters.container(), silenceLimit, gone);
    this.parameters = parameters;
    transcriber = new Transcriber(parameters, faults, this::heard);
    ear = new Ear(peer, known.matcher(), dictation, transcriber::pause, transcriber::step);
  }

  @Override
  void sayUtteranceEnd() {
    peer().execute(() -> heard(new Heard.UtteranceEnd(samples())));
  }

  @Override
  void command(String message) {
    switch (ListenJson.type(message)) {
      case "KeepAlive" -> tell("keep-alive", "");
      case "Finalize" -> ear.settled(transcriber::finish);
      case "CloseStream" -> {
        tell("close-stream", "");
        end();
      }
      default ->
          close(
              1008, "DATA-0000: unknown text message, expected KeepAlive, Finalize or CloseStream");
    }
  }

  @Override
  void hear(byte[] audio) {
    ear.hear(audio);
  }

  @Override
  void finish() {
    ear.end(rest -> {
      transcriber.end(rest);
      say(ListenJson.metadata(requestId(), samples()));
      leave(() -> peer().close(1000, ""));
    });
  }

  @Override
  void release() {
    ear.close();
  }

  private void heard(Heard heard) {
    if (!say(ListenJson.of(heard, parameters.model(), requestId()))) {
      return;
    }
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
}
