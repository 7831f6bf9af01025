package voiceagent.gateway.twilio;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import voiceagent.kit.audio.AudioFrame;

/// Media Streams JSON to [TwilioMessage], [TwilioCommand] to JSON.
///
/// `media` is read and written by hand, as Twilio writes it: a call has a hundred of them a second
/// and a parser costs four times as much. Any other shape of the same message goes to the parser.
final class TwilioCodec {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Base64.Decoder DECODER = Base64.getDecoder();
  private static final Base64.Encoder ENCODER = Base64.getEncoder();

  /// Ids go into logs and into our own JSON as they are. Twilio's are two letters and 32 hex
  /// digits.
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{1,64}");

  /// Longest stretch of audio in a message: 4 s. Twilio sends 20 ms.
  private static final int MAX_SAMPLES = 32_000;

  private static final String MEDIA = "{\"event\":\"media\",";
  private static final String CHUNK = "\"chunk\":\"";
  private static final String TRACK = "\"track\":\"inbound\"";
  private static final String PAYLOAD = "\"payload\":\"";

  private final String opening;

  /// @param streamSid as `start` gave it
  TwilioCodec(String streamSid) {
    opening = "\",\"streamSid\":\"" + streamSid + "\"";
  }

  /// One text message for each command.
  String encode(TwilioCommand command) {
    return switch (command) {
      case TwilioCommand.Media(AudioFrame frame) ->
          "{\"event\":\"media"
              + opening
              + ",\"media\":{\"payload\":\""
              + ENCODER.encodeToString(frame.mulaw())
              + "\"}}";
      case TwilioCommand.Mark(String name) ->
          "{\"event\":\"mark" + opening + ",\"mark\":{\"name\":\"" + name + "\"}}";
      case TwilioCommand.Clear _ -> "{\"event\":\"clear" + opening + "}";
    };
  }

  /// @throws ProtocolException naming the field that is missing or wrong
  static TwilioMessage decode(String text) throws ProtocolException {
    if (text.startsWith(MEDIA) && text.endsWith("\"}}")) {
      TwilioMessage media = mediaAsTwilioWritesIt(text);
      if (media != null) {
        return media;
      }
    }
    JsonNode json = parse(text);
    return switch (text(json, "event")) {
      case "connected" -> new TwilioMessage.Connected();
      case "start" -> start(json.path("start"));
      case "media" -> media(json);
      case "dtmf" -> new TwilioMessage.Dtmf(digit(json.path("dtmf")));
      case "mark" -> new TwilioMessage.Mark(text(json.path("mark"), "name"));
      case "stop" -> new TwilioMessage.Stop();
      default -> new TwilioMessage.Unknown();
    };
  }

  /// Null if the message has another shape: escapes, another order, numbers for strings.
  private static TwilioMessage.@Nullable Media mediaAsTwilioWritesIt(String text)
      throws ProtocolException {
    int chunk = text.indexOf(CHUNK, MEDIA.length());
    int payload = text.indexOf(PAYLOAD, MEDIA.length());
    int end = text.length() - "\"}}".length();
    if (chunk < 0 || payload < chunk || !text.contains(TRACK) || text.indexOf('\\') >= 0) {
      return null;
    }
    int digits = chunk + CHUNK.length();
    int quote = text.indexOf('"', digits);
    int from = payload + PAYLOAD.length();
    if (from > end || text.indexOf('"', from) != end) {
      return null;
    }
    return new TwilioMessage.Media(
        number(text.substring(digits, quote), "chunk"), frame(text.substring(from, end)));
  }

  private static TwilioMessage media(JsonNode json) throws ProtocolException {
    JsonNode media = json.path("media");
    if (!media.path("track").asText("inbound").equals("inbound")) {
      return new TwilioMessage.Unknown();
    }
    long chunk = media.has("chunk") ? number(media.path("chunk").asText(), "chunk") : 0;
    return new TwilioMessage.Media(chunk, frame(text(media, "payload")));
  }

  private static TwilioMessage start(JsonNode start) throws ProtocolException {
    JsonNode format = start.path("mediaFormat");
    expect("mediaFormat.encoding", format.path("encoding"), "audio/x-mulaw");
    expect("mediaFormat.sampleRate", format.path("sampleRate"), "8000");
    expect("mediaFormat.channels", format.path("channels"), "1");
    Map<String, String> parameters = new HashMap<>();
    start
        .path("customParameters")
        .properties()
        .forEach(p -> parameters.put(p.getKey(), p.getValue().asText()));
    return new TwilioMessage.Start(
        id(start, "streamSid"), id(start, "callSid"), Map.copyOf(parameters));
  }

  private static AudioFrame frame(String payload) throws ProtocolException {
    byte[] audio;
    try {
      audio = DECODER.decode(payload.getBytes(StandardCharsets.ISO_8859_1));
    } catch (IllegalArgumentException e) {
      throw new ProtocolException("media.payload is no base64");
    }
    if (audio.length == 0 || audio.length > MAX_SAMPLES) {
      throw new ProtocolException(
          "media.payload has " + audio.length + " samples, expected 1 to " + MAX_SAMPLES);
    }
    return AudioFrame.of(audio);
  }

  private static char digit(JsonNode dtmf) throws ProtocolException {
    String digit = text(dtmf, "digit");
    if (digit.length() != 1 || "0123456789*#ABCDabcd".indexOf(digit.charAt(0)) < 0) {
      throw new ProtocolException("dtmf.digit is not one of 0-9, *, #, A-D");
    }
    return Character.toUpperCase(digit.charAt(0));
  }

  private static JsonNode parse(String text) throws ProtocolException {
    try {
      JsonNode json = JSON.readTree(text);
      if (json.isObject()) {
        return json;
      }
    } catch (JsonProcessingException e) {
      // told below: the parser's words quote what came
    }
    throw new ProtocolException("message is no JSON object");
  }

  /// A string, or a number where a string is promised.
  private static String text(JsonNode object, String field) throws ProtocolException {
    JsonNode value = object.path(field);
    if (!value.isTextual() && !value.isNumber()) {
      throw new ProtocolException(field + " is missing, expected a string");
    }
    return value.asText();
  }

  private static String id(JsonNode object, String field) throws ProtocolException {
    String id = text(object, field);
    if (!ID.matcher(id).matches()) {
      throw new ProtocolException(field + " is no id, expected 1 to 64 letters, digits, - or _");
    }
    return id;
  }

  private static void expect(String field, JsonNode value, String expected)
      throws ProtocolException {
    if (!value.asText().equals(expected)) {
      throw new ProtocolException(field + " is not " + expected);
    }
  }

  private static long number(String digits, String field) throws ProtocolException {
    try {
      return Long.parseLong(digits);
    } catch (NumberFormatException e) {
      throw new ProtocolException(field + " is no whole number");
    }
  }
}
