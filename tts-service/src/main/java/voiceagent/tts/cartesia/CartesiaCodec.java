package voiceagent.tts.cartesia;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import voiceagent.tts.synthesize.VoiceChoice;

/// Requests to JSON, JSON to [CartesiaMessage].
final class CartesiaCodec {
  /// The API version, which decides the shape of `voice` and of errors.
  static final String VERSION = "2026-03-01";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int RATE = 8000;
  private static final int MAX_TEXT = 200;

  private final CartesiaConfig config;

  CartesiaCodec(CartesiaConfig config) {
    this.config = config;
  }

  /// An input of a context. All but the transcript and `continue` is the same in each input of a
  /// context, as Cartesia demands. The buffer delay is 0: clauses come whole.
  String input(String context, VoiceChoice voice, String transcript, boolean goesOn) {
    ObjectNode json = JSON.createObjectNode();
    json.put("context_id", context)
        .put("model_id", config.model())
        .put("transcript", transcript)
        .put("continue", goesOn)
        .put("language", language(voice))
        .put("max_buffer_delay_ms", 0)
        .put("add_timestamps", true);
    json.putObject("voice")
        .put("mode", "id")
        .put("id", voice.voice().isEmpty() ? config.voice() : voice.voice());
    json.putObject("output_format")
        .put("container", "raw")
        .put("encoding", config.encoding().word())
        .put("sample_rate", RATE);
    if (voice.speed() != 0 && voice.speed() != 1) {
      json.putObject("generation_config").put("speed", voice.speed());
    }
    if (!voice.pronunciation().isEmpty()) {
      json.put("pronunciation_dict_id", voice.pronunciation());
    }
    return json.toString();
  }

  static String cancel(String context) {
    return JSON.createObjectNode().put("context_id", context).put("cancel", true).toString();
  }

  static CartesiaMessage decode(String message) {
    try {
      JsonNode json = JSON.readTree(message);
      String context = json.path("context_id").asText("");
      return switch (json.path("type").asText("")) {
        case "chunk" ->
            new CartesiaMessage.Chunk(
                context, Base64.getDecoder().decode(json.required("data").asText("")));
        case "timestamps" ->
            new CartesiaMessage.Words(context, words(json.path("word_timestamps")));
        case "flush_done" -> new CartesiaMessage.FlushDone(context);
        case "done" -> new CartesiaMessage.Done(context);
        case "error" -> failure(context, json);
        case String other -> new CartesiaMessage.Unknown(other);
      };
    } catch (JsonProcessingException e) {
      return new CartesiaMessage.Unknown("not JSON");
    } catch (IllegalArgumentException e) {
      return new CartesiaMessage.Unknown("malformed");
    }
  }

  /// The primary subtag: Cartesia knows "en", not "en-US".
  private static String language(VoiceChoice voice) {
    String tag = voice.language().isEmpty() ? "en" : voice.language();
    return tag.split("[-_]", 2)[0].toLowerCase(Locale.ROOT);
  }

  private static List<CartesiaMessage.Word> words(JsonNode times) {
    JsonNode texts = times.path("words");
    JsonNode starts = times.path("start");
    JsonNode ends = times.path("end");
    int count = Math.min(texts.size(), Math.min(starts.size(), ends.size()));
    List<CartesiaMessage.Word> words = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      words.add(
          new CartesiaMessage.Word(
              texts.path(i).asText(), samples(starts.path(i)), samples(ends.path(i))));
    }
    return words;
  }

  private static long samples(JsonNode seconds) {
    return Math.round(seconds.asDouble() * RATE);
  }

  /// Both forms: structured since 2026-03-01, one sentence before.
  private static CartesiaMessage failure(String context, JsonNode json) {
    String text =
        json.hasNonNull("message") ? json.path("message").asText() : json.path("error").asText("");
    return new CartesiaMessage.Failure(
        context,
        json.path("status_code").asInt(0),
        json.hasNonNull("error_code") ? json.path("error_code").asText() : "",
        text.substring(0, Math.min(MAX_TEXT, text.length())),
        json.path("request_id").asText(""));
  }
}
