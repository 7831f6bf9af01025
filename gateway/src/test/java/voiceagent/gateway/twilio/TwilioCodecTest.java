package voiceagent.gateway.twilio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Base64;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import voiceagent.kit.audio.AudioFrame;

class TwilioCodecTest {
  private static final String SID = "MZ11111111111111111111111111111111";
  private static final String MEDIA =
      """
      {"event":"media","sequenceNumber":"2","streamSid":"MZ11111111111111111111111111111111",\
      "media":{"track":"inbound","chunk":"1","timestamp":"20","payload":"/////////w=="}}\
      """;
  private static final String START =
      """
      {"event":"start","sequenceNumber":"1","streamSid":"MZ11111111111111111111111111111111",
       "start":{"streamSid":"MZ11111111111111111111111111111111",
                "accountSid":"AC22222222222222222222222222222222",
                "callSid":"CA33333333333333333333333333333333",
                "tracks":["inbound"],
                "customParameters":{"agentId":"front-desk","token":"b64.opaque"},
                "mediaFormat":{"encoding":"audio/x-mulaw","sampleRate":8000,"channels":1}}}\
      """;

  private final TwilioCodec codec = new TwilioCodec(SID);

  private static byte[] silence(int samples) {
    byte[] audio = new byte[samples];
    java.util.Arrays.fill(audio, (byte) 0xFF);
    return audio;
  }

  @Test
  void mediaAsTwilioWritesIt() throws ProtocolException {
    assertThat(TwilioCodec.decode(MEDIA))
        .isEqualTo(new TwilioMessage.Media(1, AudioFrame.of(silence(7))));
  }

  @Test
  void mediaInAnyOtherShapeMeansTheSame_C2() throws ProtocolException {
    TwilioMessage media = TwilioCodec.decode(MEDIA);
    assertThat(TwilioCodec.decode(MEDIA.replace("/", "\\/"))).isEqualTo(media);
    assertThat(TwilioCodec.decode(MEDIA.replace(",", " , "))).isEqualTo(media);
    assertThat(TwilioCodec.decode(MEDIA.replace("\"1\"", "1"))).isEqualTo(media);
    assertThat(TwilioCodec.decode(MEDIA.replace("\"track\"", "\"new\":{\"a\":[1]},\"track\"")))
        .isEqualTo(media);
  }

  @Test
  void bothWaysOfReadingMediaAgree() throws ProtocolException {
    Random random = new Random(11);
    for (int i = 0; i < 500; i++) {
      byte[] audio = new byte[1 + random.nextInt(400)];
      random.nextBytes(audio);
      String text = MEDIA.replace("/////////w==", Base64.getEncoder().encodeToString(audio));
      assertThat(TwilioCodec.decode(text))
          .isEqualTo(TwilioCodec.decode(text.replace("{\"event\"", "{ \"event\"")))
          .isEqualTo(new TwilioMessage.Media(1, AudioFrame.of(audio)));
    }
  }

  @Test
  void startCarriesTheParameters_C6() throws ProtocolException {
    assertThat(TwilioCodec.decode(START))
        .isEqualTo(
            new TwilioMessage.Start(
                SID,
                "CA33333333333333333333333333333333",
                Map.of("agentId", "front-desk", "token", "b64.opaque")))
        .hasToString("Start[CA33333333333333333333333333333333]");
  }

  @Test
  void theRest() throws ProtocolException {
    assertThat(
            TwilioCodec.decode(
                "{\"event\":\"connected\",\"protocol\":\"Call\",\"version\":\"1.0.0\"}"))
        .isEqualTo(new TwilioMessage.Connected());
    assertThat(
            TwilioCodec.decode(
                "{\"event\":\"dtmf\",\"sequenceNumber\":\"57\",\"dtmf\":{\"track\":\"inbound_track\",\"digit\":\"5\"}}"))
        .isEqualTo(new TwilioMessage.Dtmf('5'));
    assertThat(TwilioCodec.decode("{\"event\":\"mark\",\"mark\":{\"name\":\"r7.3\"}}"))
        .isEqualTo(new TwilioMessage.Mark("r7.3"));
    assertThat(TwilioCodec.decode("{\"event\":\"stop\",\"stop\":{}}"))
        .isEqualTo(new TwilioMessage.Stop());
  }

  @Test
  void anEventWeDoNotKnowIsNoError_3() throws ProtocolException {
    assertThat(TwilioCodec.decode("{\"event\":\"video\",\"video\":{}}"))
        .isEqualTo(new TwilioMessage.Unknown());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "null",
        "{\"event\":",
        "{\"event\":{}}",
        "{}",
        "{\"event\":\"media\"}",
        "{\"event\":\"media\",\"media\":{\"payload\":\"\"}}",
        "{\"event\":\"media\",\"media\":{\"payload\":\"*\"}}",
        "{\"event\":\"media\",\"media\":{\"chunk\":\"one\",\"payload\":\"/w==\"}}",
        "{\"event\":\"mark\",\"mark\":{}}",
        "{\"event\":\"dtmf\",\"dtmf\":{\"digit\":\"55\"}}",
        "{\"event\":\"start\",\"start\":{}}"
      })
  void whatIsBrokenIsToldAndNothingElseIsThrown(String text) {
    assertThatThrownBy(() -> TwilioCodec.decode(text)).isInstanceOf(ProtocolException.class);
  }

  @Test
  void anotherFormatThanTelephoneAudioIsRefused() {
    assertThatThrownBy(() -> TwilioCodec.decode(START.replace("8000", "16000")))
        .hasMessage("mediaFormat.sampleRate is not 8000");
    assertThatThrownBy(() -> TwilioCodec.decode(START.replace("CA3", "CA\\n3")))
        .hasMessageContaining("callSid is no id");
  }

  @Test
  void commandsArewhatTwilioExpects_C7_C8() throws Exception {
    ObjectMapper json = new ObjectMapper();
    JsonNode media =
        json.readTree(codec.encode(new TwilioCommand.Media(AudioFrame.of(silence(160)))));
    assertThat(media.path("event").asText()).isEqualTo("media");
    assertThat(media.path("streamSid").asText()).isEqualTo(SID);
    assertThat(media.path("media").path("payload").binaryValue()).isEqualTo(silence(160));
    assertThat(media.path("media").size()).isEqualTo(1);
    assertThat(json.readTree(codec.encode(new TwilioCommand.Mark("r1.1"))))
        .isEqualTo(
            json.readTree(
                "{\"event\":\"mark\",\"streamSid\":\"" + SID + "\",\"mark\":{\"name\":\"r1.1\"}}"));
    assertThat(json.readTree(codec.encode(new TwilioCommand.Clear())))
        .isEqualTo(json.readTree("{\"event\":\"clear\",\"streamSid\":\"" + SID + "\"}"));
  }
}
