package voiceagent.gateway.twilio;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import voiceagent.gateway.GatewayMain;
import voiceagent.kit.config.Settings;

/// The vectors of Twilio's algorithm, through our way of asking.
class TwilioSignatureTest {
  private static final String KEY = "0123456789abcdef0123456789abcdef";

  private static TwilioSignature of(String host, String key) {
    return new TwilioSignature(
        TwilioConfig.from(
            Settings.of(GatewayMain.class, Map.of("PUBLIC_HOST", host, "TWILIO_AUTH_TOKEN", key))));
  }

  private final TwilioSignature signature = of("voice.example.com", KEY);

  @Test
  void aFormPost_C4_vector3() {
    Map<String, String> form =
        Map.of(
            "AccountSid", "AC00000000000000000000000000000001",
            "ApiVersion", "2010-04-01",
            "CallSid", "CA00000000000000000000000000000001",
            "CallStatus", "ringing",
            "Direction", "inbound",
            "From", "+15005550006",
            "To", "+15005550001");
    Optional<String> given = Optional.of("w8OmnSdDO5n2N+qK06meRujzdAw=");
    assertThat(signature.isValidWebhook("/twilio/voice", form, given)).isTrue();
    assertThat(signature.isValidWebhook("/twilio/voice2", form, given)).isFalse();
    assertThat(signature.isValidWebhook("/twilio/voice", Map.of(), given)).isFalse();
    assertThat(of("voice.example.com", "other").isValidWebhook("/twilio/voice", form, given))
        .isFalse();
  }

  @Test
  void theSdksOwnVectorAndSpacesKept_C4_vectors1And7() {
    assertThat(
            of("example.com", "12345")
                .isValidWebhook(
                    "/myapp.php?foo=1&bar=2",
                    Map.of(
                        "CallSid", "CA1234567890ABCDE",
                        "Caller", "+14158675310",
                        "Digits", "1234",
                        "From", "+14158675310",
                        "To", "+18005551212"),
                    Optional.of("L/OH5YylLD5NRKLltdqwSvS0BnU=")))
        .isTrue();
    assertThat(
            signature.isValidWebhook(
                "/twilio/voice",
                Map.of("b", "2", "B", "1", "a", " x "),
                Optional.of("d8CMF+6LKB9axPgF7ipnbK/eYbc=")))
        .isTrue();
  }

  @Test
  void aHandshakeWithAndWithoutASlashBehindIt_C5_vectors2And4And5() {
    String path = "/twilio/media";
    assertThat(signature.isValidHandshake(path, Optional.of("3Wv0T80qzAY3OCARW9y1gnUJZtE=")))
        .isTrue();
    assertThat(signature.isValidHandshake(path, Optional.of("emydRDSHhLvuug6wCkjTHD/G0T0=")))
        .isTrue();
    assertThat(signature.isValidHandshake("", Optional.of("mdZ0WZCJ6GoYsAcIGYax9h4blE4=")))
        .isTrue();
    assertThat(signature.isValidHandshake("/ws", Optional.of("3Wv0T80qzAY3OCARW9y1gnUJZtE=")))
        .isFalse();
  }

  @Test
  void withoutAHeaderNothingIsValid() {
    assertThat(signature.isValidHandshake("/ws", Optional.empty())).isFalse();
    assertThat(signature.isValidWebhook("/", Map.of(), Optional.of(""))).isFalse();
  }

  @Test
  void aJsonBodyIsSignedByItsDigest_C4_vector6() {
    String url =
        "/twilio/json?bodySHA256="
            + "ebc2c4ea03938ee05e18c1a712d9fa02de923d6f2db34b68fe1f8dcf651e479d";
    Optional<String> given = Optional.of("Uhk3mwRACUqUBoF7S0gX9kxa6qk=");
    assertThat(signature.isValidJson(url, "{\"event\":\"x\"}", given)).isTrue();
    assertThat(signature.isValidJson(url, "{\"event\":\"y\"}", given)).isFalse();
    assertThat(signature.isValidJson("/twilio/json", "{\"event\":\"x\"}", given)).isFalse();
    assertThat(signature.isValidJson(url, "{\"event\":\"x\"}", Optional.empty())).isFalse();
  }

  @Test
  void aPortIsSignedOrNot_C5() throws Exception {
    for (String host : new String[] {"voice.example.com", "voice.example.com:443"}) {
      for (String signed :
          new String[] {
            "wss://voice.example.com/ws",
            "wss://voice.example.com:443/ws",
            "wss://voice.example.com/ws/",
            "wss://voice.example.com:443/ws/"
          }) {
        assertThat(of(host, KEY).isValidHandshake("/ws", Optional.of(sign(signed))))
            .as("%s at %s", signed, host)
            .isTrue();
      }
      for (String other :
          new String[] {
            "wss://other.example.com/ws",
            "wss://voice.example.com/ws?token=1",
            "https://voice.example.com/ws",
            "wss://voice.example.com:8443/ws"
          }) {
        assertThat(of(host, KEY).isValidHandshake("/ws", Optional.of(sign(other))))
            .as("%s at %s", other, host)
            .isFalse();
      }
    }
    TwilioSignature behindPort = of("voice.example.com:8443", KEY);
    assertThat(
            behindPort.isValidHandshake(
                "/ws", Optional.of(sign("wss://voice.example.com:8443/ws"))))
        .isTrue();
    assertThat(
            behindPort.isValidWebhook(
                "/incoming-call",
                Map.of(),
                Optional.of(sign("https://voice.example.com/incoming-call"))))
        .isTrue();
  }

  @Test
  void whileAuthTokensAreRotatedBothAreTaken() throws Exception {
    Map<String, String> settings =
        Map.of(
            "PUBLIC_HOST", "voice.example.com",
            "TWILIO_AUTH_TOKEN", "the token to come",
            "TWILIO_SECONDARY_AUTH_TOKEN", KEY);
    TwilioSignature rotating =
        new TwilioSignature(TwilioConfig.from(Settings.of(GatewayMain.class, settings)));
    Optional<String> given = Optional.of(sign("https://voice.example.com/incoming-call"));
    assertThat(rotating.isValidWebhook("/incoming-call", Map.of(), given)).isTrue();
    assertThat(rotating.isValidWebhook("/after-stream", Map.of(), given)).isFalse();
    assertThat(rotating.isValidWebhook("/incoming-call", Map.of(), Optional.empty())).isFalse();
  }

  /// As Twilio's own library for Node does it.
  @Test
  void aNameThatComesTwiceCountsWithEachValueOnce() throws Exception {
    Map<String, String> signed =
        TwilioSignature.signedForm(Map.of("b", List.of("2", "1", "2"), "a", List.of("")));
    assertThat(
            signature.isValidWebhook(
                "/incoming-call",
                signed,
                Optional.of(sign("https://voice.example.com/incoming-call" + "a" + "b1b2"))))
        .isTrue();
  }

  private static String sign(String data) throws Exception {
    Mac mac = Mac.getInstance("HmacSHA1");
    mac.init(new SecretKeySpec(KEY.getBytes(StandardCharsets.UTF_8), "HmacSHA1"));
    return Base64.getEncoder().encodeToString(mac.doFinal(data.getBytes(StandardCharsets.UTF_8)));
  }
}
