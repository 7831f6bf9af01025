package voiceagent.sim.deepgram;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import voiceagent.sim.speech.SpokenWord;

/// Deepgram's messages of `/v2/listen` as JSON, numbered from 0. Source: Deepgram API reference,
/// "Turn-based Audio (Flux)".
final class FluxJson {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final double RATE = 8000;
  private static final double CONFIDENCE = 0.97;

  private final String requestId;
  private int sequence;

  FluxJson(String requestId) {
    this.requestId = requestId;
  }

  /// A client's message; a missing node if it is no JSON.
  static JsonNode read(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      return JSON.missingNode();
    }
  }

  private ObjectNode message(String type) {
    return JSON.createObjectNode()
        .put("type", type)
        .put("request_id", requestId)
        .put("sequence_id", sequence++);
  }

  String connected() {
    return message("Connected").toString();
  }

  String turn(TurnInfo info) {
    ObjectNode message = message("TurnInfo");
    message
        .put("event", info.event().wire())
        .put("turn_index", info.turn())
        .put("audio_window_start", info.start() / RATE)
        .put("audio_window_end", info.end() / RATE)
        .put("transcript", info.transcript());
    ArrayNode words = message.putArray("words");
    for (SpokenWord word : info.words()) {
      words
          .addObject()
          .put("word", word.text())
          .put("confidence", CONFIDENCE)
          .put("start", word.start() / RATE)
          .put("end", word.end() / RATE);
    }
    message.put("end_of_turn_confidence", info.confidence());
    if (!info.trigger().isEmpty()) {
      message.put("trigger", info.trigger());
    }
    return message.toString();
  }

  String configured(FluxThresholds thresholds, List<String> keyterms) {
    ObjectNode message = message("ConfigureSuccess");
    thresholds.write(message.putObject("thresholds"));
    ArrayNode terms = message.putArray("keyterms");
    keyterms.forEach(terms::add);
    return message.toString();
  }

  String notConfigured() {
    return message("ConfigureFailure").toString();
  }

  String error(String code, String description) {
    return message("Error").put("code", code).put("description", description).toString();
  }
}
