package voiceagent.gateway.twilio;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Optional;
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
  void aFormPost() {
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
  void theSdksOwnVectorAndSpacesKept() {
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
  void aHandshakeWithAndWithoutASlashBehindIt_5() {
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
}
