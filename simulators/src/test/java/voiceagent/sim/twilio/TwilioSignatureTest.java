package voiceagent.sim.twilio;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TwilioSignatureTest {
  private static final String KEY = "0123456789abcdef0123456789abcdef";

  private static String signed(String url) {
    return TwilioSignature.of(KEY, url, Map.of());
  }

  @Test
  void theVectorOfTwiliosLibrariesComesOut() {
    Map<String, String> form =
        Map.of(
            "CallSid", "CA1234567890ABCDE",
            "Caller", "+14158675310",
            "Digits", "1234",
            "From", "+14158675310",
            "To", "+18005551212");
    assertThat(TwilioSignature.of("12345", "https://example.com/myapp.php?foo=1&bar=2", form))
        .isEqualTo("L/OH5YylLD5NRKLltdqwSvS0BnU=");
  }

  @Test
  void anEmptyPathOfASocketIsSignedWithASlash() {
    String url = TwilioSignature.signedUrl(URI.create("wss://voice.example.com"));
    assertThat(signed(url)).isEqualTo("mdZ0WZCJ6GoYsAcIGYax9h4blE4=");
    assertThat(signed("wss://voice.example.com")).isEqualTo("LTNc5OeQVPZL6E2Birj6O1bpaMc=");
  }

  @Test
  void fieldsAreSignedInTheOrderOfTheirNames() {
    Map<String, String> form =
        Map.of(
            "AccountSid", "AC00000000000000000000000000000001",
            "ApiVersion", "2010-04-01",
            "CallSid", "CA00000000000000000000000000000001",
            "CallStatus", "ringing",
            "Direction", "inbound",
            "From", "+15005550006",
            "To", "+15005550001");
    assertThat(TwilioSignature.of(KEY, "https://voice.example.com/twilio/voice", form))
        .isEqualTo("w8OmnSdDO5n2N+qK06meRujzdAw=");
  }

  @Test
  void handshakesAndJsonRequestsAreSignedByTheirUrlAlone() {
    assertThat(signed("wss://voice.example.com/twilio/media"))
        .isEqualTo("3Wv0T80qzAY3OCARW9y1gnUJZtE=");
    assertThat(signed("wss://voice.example.com/twilio/media/"))
        .isEqualTo("emydRDSHhLvuug6wCkjTHD/G0T0=");
    assertThat(
            signed(
                "https://voice.example.com/twilio/json?bodySHA256="
                    + "ebc2c4ea03938ee05e18c1a712d9fa02de923d6f2db34b68fe1f8dcf651e479d"))
        .isEqualTo("Uhk3mwRACUqUBoF7S0gX9kxa6qk=");
  }

  @Test
  void capitalsComeFirstAndSpacesCount() {
    assertThat(
            TwilioSignature.of(
                KEY,
                "https://voice.example.com/twilio/voice",
                Map.of("b", "2", "B", "1", "a", " x ")))
        .isEqualTo("d8CMF+6LKB9axPgF7ipnbK/eYbc=");
  }

  @Test
  void aPortIsSignedUnlessItIsOfHttps() {
    assertThat(TwilioSignature.signedUrl(URI.create("https://u:p@a.example:8443/x?y=%20")))
        .isEqualTo("https://a.example/x?y=%20");
    assertThat(TwilioSignature.signedUrl(URI.create("http://a.example:8080/x")))
        .isEqualTo("http://a.example:8080/x");
    assertThat(TwilioSignature.signedUrl(URI.create("wss://a.example:8443/ws?token=1")))
        .isEqualTo("wss://a.example:8443/ws");
  }
}
