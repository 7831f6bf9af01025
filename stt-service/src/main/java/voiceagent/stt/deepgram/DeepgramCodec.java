package voiceagent.stt.deepgram;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import voiceagent.stt.deepgram.DeepgramMessage.HeardWord;
import voiceagent.stt.recognize.RecognitionRequest;

/// `/v1/listen` as text: JSON to [DeepgramMessage], a request to its URI.
final class DeepgramCodec {
  static final String KEEP_ALIVE = "{\"type\":\"KeepAlive\"}";
  static final String FINALIZE = "{\"type\":\"Finalize\"}";
  static final String CLOSE_STREAM = "{\"type\":\"CloseStream\"}";

  private static final ObjectMapper JSON = new ObjectMapper();

  /// Deepgram takes 100 terms.
  private static final int MOST_KEYTERMS = 100;

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
      case "Error" ->
          new DeepgramMessage.Trouble(
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

  /// Where a call's audio goes. The language is left to Deepgram where the call names none; key
  /// terms go to the models that take them.
  static URI uri(DeepgramConfig config, RecognitionRequest request) {
    long endpointing =
        request.endpointing().isZero()
            ? config.endpointing().toMillis()
            : request.endpointing().toMillis();
    StringBuilder uri = new StringBuilder(config.url().toString().replaceAll("/+$", ""));
    uri.append("/v1/listen?model=").append(encoded(config.model()));
    if (!request.language().isEmpty()) {
      uri.append("&language=").append(encoded(request.language()));
    }
    uri.append("&encoding=mulaw&sample_rate=8000&channels=1&interim_results=true");
    uri.append("&endpointing=").append(endpointing);
    uri.append("&utterance_end_ms=").append(config.utteranceEnd().toMillis());
    uri.append("&vad_events=true&smart_format=true&no_delay=true");
    if (config.model().startsWith("nova-3")) {
      request.keyterms().stream()
          .limit(MOST_KEYTERMS)
          .forEach(term -> uri.append("&keyterm=").append(encoded(term)));
    }
    return URI.create(uri.toString());
  }

  private static String encoded(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8);
  }
}
