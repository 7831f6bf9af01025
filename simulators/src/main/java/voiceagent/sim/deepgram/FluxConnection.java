package voiceagent.sim.deepgram;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import voiceagent.kit.dictation.Dictation;
import voiceagent.sim.event.SimulatorEvents;
import voiceagent.sim.server.Peer;
import voiceagent.sim.speech.AudioIndex;

/// One client of `/v2/listen`, Flux. On its event loop.
final class FluxConnection extends SimulatedStream {
  private final FluxJson json;
  private final Ear ear;
  private final FluxTurns turns;
  private FluxThresholds thresholds;
  private List<String> keyterms;
  private boolean stalled;
  private boolean configuring;

  FluxConnection(
      Peer peer,
      FluxParameters parameters,
      String requestId,
      ListenFaults faults,
      SimulatorEvents events,
      AudioIndex known,
      Dictation dictation,
      Duration silenceLimit,
      Consumer<SimulatedStream> gone) {
    super(peer, requestId, faults, events, parameters.container(), silenceLimit, gone);
    json = new FluxJson(requestId);
    thresholds = parameters.thresholds();
    keyterms = parameters.keyterms();
    turns = new FluxTurns(thresholds, this::heard);
    ear = new Ear(peer, known.matcher(), dictation, turns::pause, turns::step);
    say(json.connected());
  }

  @Override
  void command(String message) {
    JsonNode command = FluxJson.read(message);
    switch (command.path("type").asText()) {
      case "Configure" -> configure(command);
      case "ForceEndTurn" -> {
        if (faults().lacksForceEndTurn) {
          unparsable();
        } else {
          ear.settled(_ -> turns.force());
        }
      }
      case "CloseStream" -> {
        tell("close-stream", "");
        end();
      }
      case "KeepAlive" -> closeWithoutCode(); // only /v1/listen knows it
      default -> unparsable();
    }
  }

  private void unparsable() {
    say(json.error("UNPARSABLE_CLIENT_MESSAGE", "could not parse client message"));
    closeWithoutCode();
  }

  private void configure(JsonNode command) {
    tell("configure", command.toString());
    if (configuring) {
      say(json.error("TOO_MANY_CONFIGURES", "a Configure is not answered yet"));
      closeWithoutCode();
      return;
    }
    configuring = true;
    if (!faults().ignoresConfigure) {
      answer(command);
    }
  }

  private void answer(JsonNode command) {
    configuring = false;
    FluxThresholds changed = thresholds.changed(command.path("thresholds"));
    List<String> terms = keyterms;
    if (command.has("keyterms")) {
      terms = new ArrayList<>();
      for (JsonNode term : command.path("keyterms")) {
        terms.add(term.asText());
      }
    }
    if (!changed.problem().isEmpty() || terms.size() > FluxParameters.MOST_KEYTERMS) {
      say(json.notConfigured());
      return;
    }
    thresholds = changed;
    keyterms = terms;
    turns.thresholds(changed);
    say(json.configured(thresholds, keyterms));
  }

  @Override
  void hear(byte[] audio) {
    ear.hear(audio);
  }

  @Override
  void finish() {
    ear.end(rest -> {
      turns.finish(rest);
      leave(() -> peer().closeWithoutCode());
    });
  }

  @Override
  void release() {
    ear.close();
  }

  private void heard(TurnInfo info) {
    if (stalled || !say(json.turn(info))) {
      return;
    }
    if (!info.words().isEmpty()) {
      tell(info.event().kind(), info.transcript());
    }
    if (info.event() == TurnInfo.Event.START_OF_TURN) {
      stalled = ListenFaults.take(faults().stalls);
    }
  }
}
