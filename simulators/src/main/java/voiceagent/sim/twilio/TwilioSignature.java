package voiceagent.sim.twilio;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// What Twilio sends as `X-Twilio-Signature`: HMAC-SHA1 of the URL and the form's fields, by name.
/// Source: Twilio docs, "Security", "Validating requests".
public final class TwilioSignature {
  static final String HEADER = "X-Twilio-Signature";

  private TwilioSignature() {}

  /// @param url exactly as signed, see [#signedUrl]
  /// @param form decoded fields; empty for GET and for handshakes
  public static String of(String authToken, String url, Map<String, String> form) {
    StringBuilder data = new StringBuilder(url);
    new TreeMap<>(form).forEach((name, value) -> data.append(name).append(value));
    try {
      Mac mac = Mac.getInstance("HmacSHA1");
      mac.init(new SecretKeySpec(authToken.getBytes(StandardCharsets.UTF_8), "HmacSHA1"));
      byte[] digest = mac.doFinal(data.toString().getBytes(StandardCharsets.UTF_8));
      return Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException | InvalidKeyException e) {
      throw new IllegalStateException("this JVM cannot sign with HMAC-SHA1", e);
    }
  }

  /// The form of a URL that is signed: no user, no fragment; `https` without its port, which `http`
  /// and `wss` keep; of `wss` no query, since a Stream URL's never reaches the handshake, and a
  /// path of at least `/`.
  public static String signedUrl(URI url) {
    boolean socket = url.getScheme().startsWith("ws");
    StringBuilder signed = new StringBuilder(url.getScheme()).append("://").append(url.getHost());
    if (url.getPort() >= 0 && !url.getScheme().equals("https")) {
      signed.append(':').append(url.getPort());
    }
    String path = url.getRawPath();
    signed.append(path.isEmpty() && socket ? "/" : path);
    if (url.getRawQuery() != null && !socket) {
      signed.append('?').append(url.getRawQuery());
    }
    return signed.toString();
  }
}
