package voiceagent.sim.cartesia;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/// A generation request, checked field by field.
///
/// @param goesOn `continue`: more input follows on this context
/// @param maxDelay how long text may wait for more of it
/// @param speed of the voice, 1 for its own
/// @param fixed the fields that must be equal in each request of a context
record Generation(
    String context,
    String transcript,
    boolean goesOn,
    boolean flush,
    Duration maxDelay,
    boolean timestamps,
    float speed,
    Encoding encoding,
    ObjectNode fixed) {

  /// What is made at 8000 Hz.
  enum Encoding {
    PCM_MULAW,
    PCM_S16LE
  }

  private static final Set<String> MODELS =
      Set.of(
          "sonic-3.5",
          "sonic-3.5-2026-05-04",
          "sonic-3",
          "sonic-3-2026-01-12",
          "sonic-3-2025-10-27",
          "sonic-latest",
          "sonic-3-latest",
          "sonic-2",
          "sonic-2-2025-04-16",
          "sonic-2-2025-05-08",
          "sonic-2-2025-06-11",
          "sonic-turbo",
          "sonic-turbo-2025-06-04");
  private static final Set<String> RETIRED =
      Set.of(
          "sonic",
          "sonic-english",
          "sonic-multilingual",
          "sonic-2-2025-03-07",
          "sonic-turbo-2025-03-07");
  private static final Set<String> ENCODINGS =
      Set.of("pcm_f32le", "pcm_s16le", "pcm_mulaw", "pcm_alaw");
  private static final List<String> MAY_DIFFER =
      List.of("transcript", "continue", "duration", "flush");
  private static final String VOICE_ID = "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}";

  static Generation parse(JsonNode json, ApiVersion version) throws Refusal {
    String context = context(json);
    model(json);
    voice(json, version);
    if (json.has("language") && json.has("locale")) {
      throw Refusal.invalid("language and locale are both given, expected one of them");
    }
    if (json.path("add_phoneme_timestamps").asBoolean()) {
      throw Refusal.invalid("add_phoneme_timestamps is true: this simulator makes none");
    }
    range(json.path("generation_config"), "speed", 0.6, 1.5);
    range(json.path("generation_config"), "volume", 0.5, 2.0);
    range(json, "max_buffer_delay_ms", 0, 5000);
    JsonNode transcript = json.path("transcript");
    if (!transcript.isTextual()) {
      throw Refusal.invalid("transcript is missing, expected text");
    }
    boolean goesOn = flag(json, "continue");
    boolean flush = flag(json, "flush");
    if (flush && (!goesOn || !transcript.textValue().isEmpty())) {
      throw Refusal.invalid("flush is true, expected continue true and an empty transcript");
    }
    ObjectNode fixed = json.deepCopy();
    fixed.remove(MAY_DIFFER);
    return new Generation(
        context,
        transcript.textValue(),
        goesOn,
        flush,
        Duration.ofMillis(json.path("max_buffer_delay_ms").asInt(3000)),
        flag(json, "add_timestamps"),
        (float) json.at("/generation_config/speed").asDouble(1),
        encoding(json.path("output_format")),
        fixed);
  }

  static String context(JsonNode json) throws Refusal {
    String context = json.path("context_id").asText();
    if (context.isEmpty()) {
      throw Refusal.invalid("context_id is missing, expected text");
    }
    return context;
  }

  private static void model(JsonNode json) throws Refusal {
    String model = json.path("model_id").asText();
    if (RETIRED.contains(model)) {
      throw new Refusal(
          400, "model_sunsetted", "Model retired", "The model " + model + " was retired.");
    }
    if (!MODELS.contains(model)) {
      throw new Refusal(400, "model_not_found", "Invalid model", "The model is not valid.");
    }
  }

  private static void voice(JsonNode json, ApiVersion version) throws Refusal {
    JsonNode voice = json.path("voice");
    boolean plain =
        version.plainVoice() && (voice.isTextual() || voice.path("mode").isMissingNode());
    if (!plain && !voice.path("mode").asText().equals("id")) {
      throw Refusal.invalid("voice is " + voice + ", expected {\"mode\":\"id\",\"id\":\"...\"}");
    }
    String id = voice.isTextual() ? voice.textValue() : voice.path("id").asText();
    if (!id.matches(VOICE_ID)) {
      throw new Refusal(404, "voice_not_found", "Voice not found", "There is no voice " + id + ".");
    }
  }

  private static Encoding encoding(JsonNode format) throws Refusal {
    String container = format.path("container").asText();
    String encoding = format.path("encoding").asText();
    int rate = format.path("sample_rate").asInt();
    if (!container.equals("raw")) {
      throw Refusal.invalid("output_format.container is " + container + ", expected raw");
    }
    if (!ENCODINGS.contains(encoding)) {
      throw Refusal.invalid(
          "output_format.encoding is " + encoding + ", expected one of " + ENCODINGS);
    }
    if (!List.of(8000, 16000, 22050, 24000, 44100, 48000).contains(rate)) {
      throw Refusal.invalid("output_format.sample_rate is " + rate + ", expected 8000 to 48000");
    }
    boolean mulaw = encoding.equals("pcm_mulaw");
    if (rate != 8000 || !(mulaw || encoding.equals("pcm_s16le"))) {
      throw Refusal.invalid(
          encoding + " at " + rate + " Hz: this simulator makes pcm_mulaw and pcm_s16le at 8000");
    }
    return mulaw ? Encoding.PCM_MULAW : Encoding.PCM_S16LE;
  }

  private static boolean flag(JsonNode json, String name) throws Refusal {
    JsonNode value = json.path(name);
    if (!value.isMissingNode() && !value.isBoolean()) {
      throw Refusal.invalid(name + " is " + value + ", expected true or false");
    }
    return value.asBoolean();
  }

  private static void range(JsonNode json, String name, double least, double most) throws Refusal {
    JsonNode value = json.path(name);
    if (!value.isMissingNode()
        && (!value.isNumber() || value.asDouble() < least || value.asDouble() > most)) {
      throw Refusal.invalid(name + " is " + value + ", expected " + least + " to " + most);
    }
  }
}
