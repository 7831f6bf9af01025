package voiceagent.sim.twilio;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import voiceagent.kit.audio.AudioFrame;

/// The JSON of one media stream, both ways; numbers its messages. Source: Twilio docs, "Media
/// Streams - WebSocket Messages".
final class StreamCodec {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String accountSid;
  private final String callSid;
  private final String streamSid;
  private long sequence;
  private long chunk;

  StreamCodec(String accountSid, String callSid, String streamSid) {
    this.accountSid = accountSid;
    this.callSid = callSid;
    this.streamSid = streamSid;
  }

  String connected() {
    return "{\"event\":\"connected\",\"protocol\":\"Call\",\"version\":\"1.0.0\"}";
  }

  String start(Map<String, String> parameters) {
    ObjectNode message = message("start");
    ObjectNode start = message.putObject("start");
    start.put("streamSid", streamSid).put("accountSid", accountSid).put("callSid", callSid);
    start.putArray("tracks").add("inbound");
    start.set("customParameters", JSON.valueToTree(parameters));
    start
        .putObject("mediaFormat")
        .put("encoding", "audio/x-mulaw")
        .put("sampleRate", AudioFrame.RATE)
        .put("channels", 1);
    return message.toString();
  }

  /// @param timestampMs since the stream started
  String media(byte[] mulaw, long timestampMs) {
    return "{\"event\":\"media\",\"sequenceNumber\":\""
        + ++sequence
        + "\",\"streamSid\":\""
        + streamSid
        + "\",\"media\":{\"track\":\"inbound\",\"chunk\":\""
        + ++chunk
        + "\",\"timestamp\":\""
        + timestampMs
        + "\",\"payload\":\""
        + Base64.getEncoder().encodeToString(mulaw)
        + "\"}}";
  }

  String dtmf(char digit) {
    ObjectNode message = message("dtmf");
    message.putObject("dtmf").put("track", "inbound_track").put("digit", String.valueOf(digit));
    return message.toString();
  }

  String mark(String name) {
    ObjectNode message = message("mark");
    message.putObject("mark").put("name", name);
    return message.toString();
  }

  String stop() {
    ObjectNode message = message("stop");
    message.putObject("stop").put("accountSid", accountSid).put("callSid", callSid);
    return message.toString();
  }

  private ObjectNode message(String event) {
    return JSON.createObjectNode()
        .put("event", event)
        .put("sequenceNumber", String.valueOf(++sequence))
        .put("streamSid", streamSid);
  }

  /// Strict: a field too few, too many or of a wrong type makes a message invalid.
  GatewayMessage decode(String text) {
    JsonNode json;
    try {
      json = JSON.readTree(text);
    } catch (JsonProcessingException e) {
      return new GatewayMessage.Invalid("not JSON: " + e.getOriginalMessage());
    }
    if (!json.isObject()) {
      return new GatewayMessage.Invalid("not a JSON object");
    }
    if (!json.path("streamSid").asText().equals(streamSid)) {
      return new GatewayMessage.Invalid(
          "streamSid is %s, expected \"%s\"".formatted(json.path("streamSid"), streamSid));
    }
    return switch (json.path("event").asText()) {
      case "media" -> media(json);
      case "mark" -> mark(json);
      case "clear" ->
          fields(json, "event", "streamSid")
              ? new GatewayMessage.Clear()
              : wrongFields(json, "event, streamSid");
      default ->
          new GatewayMessage.Invalid(
              "event is " + json.path("event") + ", expected media, mark or clear");
    };
  }

  private static GatewayMessage media(JsonNode json) {
    if (!fields(json, "event", "streamSid", "media")) {
      return wrongFields(json, "event, streamSid, media");
    }
    JsonNode payload = json.path("media").path("payload");
    if (!fields(json.path("media"), "payload") || !payload.isTextual()) {
      return wrongFields(json.path("media"), "payload, as text");
    }
    try {
      byte[] mulaw = Base64.getDecoder().decode(payload.textValue());
      return mulaw.length == 0
          ? new GatewayMessage.Invalid("payload is empty, expected audio")
          : new GatewayMessage.Media(AudioFrame.of(mulaw));
    } catch (IllegalArgumentException e) {
      return new GatewayMessage.Invalid("payload is no base64: " + e.getMessage());
    }
  }

  private static GatewayMessage mark(JsonNode json) {
    if (!fields(json, "event", "streamSid", "mark")) {
      return wrongFields(json, "event, streamSid, mark");
    }
    JsonNode name = json.path("mark").path("name");
    if (!fields(json.path("mark"), "name") || !name.isTextual() || name.textValue().isEmpty()) {
      return wrongFields(json.path("mark"), "name, as text");
    }
    return new GatewayMessage.Mark(name.textValue());
  }

  private static boolean fields(JsonNode json, String... names) {
    Set<String> found = new TreeSet<>();
    json.fieldNames().forEachRemaining(found::add);
    return json.isObject() && found.equals(Set.of(names));
  }

  private static GatewayMessage wrongFields(JsonNode json, String expected) {
    Set<String> found = new TreeSet<>();
    json.fieldNames().forEachRemaining(found::add);
    return new GatewayMessage.Invalid("the fields are " + found + ", expected " + expected);
  }
}
