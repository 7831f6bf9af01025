package voiceagent.sim.deepgram;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import voiceagent.sim.speech.SpokenWord;

/// Deepgram's messages of `/v1/listen` as JSON. Source: Deepgram API reference, "Live Audio".
final class ListenJson {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final double RATE = 8000;
  private static final double CONFIDENCE = 0.98;

  private ListenJson() {}

  static String of(Heard heard, String model, String requestId) {
    return switch (heard) {
      case Heard.Results results -> results(results, model, requestId);
      case Heard.SpeechStarted(long at) ->
          message("SpeechStarted", 0, 1).put("timestamp", at / RATE).toString();
      case Heard.UtteranceEnd(long lastWordEnd) ->
          message("UtteranceEnd", 0, 1).put("last_word_end", lastWordEnd / RATE).toString();
    };
  }

  private static ObjectNode message(String type, int channel, int channels) {
    ObjectNode message = JSON.createObjectNode().put("type", type);
    message.putArray("channel").add(channel).add(channels);
    return message;
  }

  private static String results(Heard.Results results, String model, String requestId) {
    ObjectNode message = JSON.createObjectNode().put("type", "Results");
    message.putArray("channel_index").add(0).add(1);
    message.put("duration", (results.end() - results.start()) / RATE);
    message.put("start", results.start() / RATE);
    message.put("is_final", results.last());
    message.put("speech_final", results.pause());
    ObjectNode best = message.putObject("channel").putArray("alternatives").addObject();
    best.put("transcript", results.transcript());
    best.put("confidence", results.words().isEmpty() ? 0 : CONFIDENCE);
    ArrayNode words = best.putArray("words");
    for (SpokenWord word : results.words()) {
      words
          .addObject()
          .put("word", word.text())
          .put("start", word.start() / RATE)
          .put("end", word.end() / RATE)
          .put("confidence", CONFIDENCE)
          .put("punctuated_word", word.text());
    }
    ObjectNode metadata = message.putObject("metadata").put("request_id", requestId);
    metadata
        .putObject("model_info")
        .put("name", model)
        .put("version", "simulated")
        .put("arch", model.startsWith("nova-3") ? "nova-3" : model);
    metadata.put("model_uuid", "00000000-0000-4000-8000-00000000000a");
    message.put("from_finalize", results.asked());
    return message.toString();
  }

  static String metadata(String requestId, long samples) {
    return JSON.createObjectNode()
        .put("type", "Metadata")
        .put("transaction_key", "deprecated")
        .put("request_id", requestId)
        .put("sha256", "0".repeat(64))
        .put("created", Instant.now().toString())
        .put("duration", samples / RATE)
        .put("channels", 1)
        .toString();
  }

  static String error(String code, String message, String requestId) {
    return JSON.createObjectNode()
        .put("err_code", code)
        .put("err_msg", message)
        .put("request_id", requestId)
        .toString();
  }

  /// The `type` of a client's message; empty if it is no such JSON.
  static String type(String text) {
    try {
      return JSON.readTree(text).path("type").asText();
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      return "";
    }
  }
}
