package voiceagent.stt.deepgram;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import voiceagent.stt.deepgram.DeepgramMessage.HeardWord;
import voiceagent.stt.deepgram.DeepgramMessage.TurnInfo.Event;

/// Deepgram's messages and commands as JSON.
final class DeepgramCodec {
  static final String KEEP_ALIVE = "{\"type\":\"KeepAlive\"}";
  static final String FINALIZE = "{\"type\":\"Finalize\"}";
  static final String CLOSE_STREAM = "{\"type\":\"CloseStream\"}";
  static final String FORCE_END_TURN = "{\"type\":\"ForceEndTurn\"}";

  private static final ObjectMapper JSON = new ObjectMapper();

  private DeepgramCodec() {}

  /// @throws ProtocolException naming the field that is missing or of the wrong type
  static DeepgramMessage decode(String text) throws ProtocolException {
    JsonNode json;
    try {
      json = JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new ProtocolException("message of " + text.length() + " characters is no JSON");
    }
    String type = json.path("type").asText();
    return switch (type) {
      case "Results" -> results(json);
      case "SpeechStarted" -> new DeepgramMessage.SpeechStarted(number(json, type, "timestamp"));
      case "UtteranceEnd" -> new DeepgramMessage.UtteranceEnd(number(json, type, "last_word_end"));
      case "Metadata" -> new DeepgramMessage.Metadata();
      case "TurnInfo" -> turnInfo(json);
      case "Connected" -> new DeepgramMessage.Connected();
      case "ConfigureSuccess" -> new DeepgramMessage.Configured(true);
      case "ConfigureFailure" -> new DeepgramMessage.Configured(false);
      case "Error" ->
          new DeepgramMessage.Trouble(
              json.path("code").asText(),
              json.path("description").asText(json.path("message").asText("no description")));
      default -> new DeepgramMessage.Unknown(type);
    };
  }

  private static DeepgramMessage results(JsonNode json) throws ProtocolException {
    JsonNode best = json.path("channel").path("alternatives").path(0);
    if (!best.isObject()) {
      throw new ProtocolException("Results has no channel.alternatives[0], expected an object");
    }
    List<HeardWord> words = new ArrayList<>();
    for (JsonNode word : best.path("words")) {
      words.add(
          new HeardWord(
              word.path("punctuated_word").asText(word.path("word").asText()),
              number(word, "word", "start"),
              number(word, "word", "end"),
              word.path("confidence").asDouble()));
    }
    return new DeepgramMessage.Results(
        number(json, "Results", "start"),
        number(json, "Results", "duration"),
        best.path("transcript").asText().strip(),
        best.path("confidence").asDouble(),
        words,
        json.path("is_final").asBoolean(),
        json.path("speech_final").asBoolean(),
        json.path("from_finalize").asBoolean());
  }

  private static DeepgramMessage turnInfo(JsonNode json) throws ProtocolException {
    List<HeardWord> words = new ArrayList<>();
    boolean timed = true;
    for (JsonNode word : json.path("words")) {
      timed &= word.path("start").isNumber() && word.path("end").isNumber();
      words.add(
          new HeardWord(
              word.path("word").asText(),
              word.path("start").asDouble(),
              word.path("end").asDouble(),
              word.path("confidence").asDouble()));
    }
    return new DeepgramMessage.TurnInfo(
        switch (json.path("event").asText()) {
          case "StartOfTurn" -> Event.START_OF_TURN;
          case "EagerEndOfTurn" -> Event.EAGER_END_OF_TURN;
          case "TurnResumed" -> Event.TURN_RESUMED;
          case "EndOfTurn" -> Event.END_OF_TURN;
          default -> Event.UPDATE;
        },
        json.path("transcript").asText().strip(),
        timed ? words : List.of(),
        number(json, "TurnInfo", "audio_window_start"),
        number(json, "TurnInfo", "audio_window_end"),
        json.path("end_of_turn_confidence").asDouble(),
        json.path("trigger").asText());
  }

  /// New key terms for a connection to Flux; they replace the old.
  static String configure(List<String> keyterms) {
    ObjectNode message = JSON.createObjectNode().put("type", "Configure");
    ArrayNode terms = message.putArray("keyterms");
    keyterms.forEach(terms::add);
    return message.toString();
  }

  private static double number(JsonNode json, String where, String field) throws ProtocolException {
    JsonNode value = json.path(field);
    if (!value.isNumber()) {
      throw new ProtocolException(
          where
              + " has "
              + value.getNodeType()
              + " as "
              + field
              + ", expected a number of seconds");
    }
    return value.asDouble();
  }

  /// A `retry-after` header; zero if it is no number of seconds.
  static Duration seconds(String retryAfter) {
    return retryAfter.matches("[0-9]{1,4}")
        ? Duration.ofSeconds(Long.parseLong(retryAfter))
        : Duration.ZERO;
  }
}
