package voiceagent.gateway.twilio;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import voiceagent.kit.config.Secret;

/// Tokens that tie a media stream to the webhook that asked for it: an HMAC over call SID, agent,
/// expiry and nonce. Keyed from the auth token, so any gateway replica can check one. Any thread.
final class StreamToken {
  /// Twilio opens the socket within a second or two of our TwiML.
  static final Duration LIFE = Duration.ofSeconds(30);

  /// Full: the token spent longest ago is forgotten, and could be used again until it expires.
  private static final int MAX_SPENT = 20_000;

  /// Why a token is not taken; the tag of `voiceagent_streams_refused_total`.
  enum Refusal {
    TOKEN_MISSING,
    TOKEN_FORGED,
    TOKEN_EXPIRED,
    TOKEN_SPENT
  }

  private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

  private final SecureRandom random = new SecureRandom();
  private final InstantSource clock;

  /// The first signs, all are taken.
  private final List<byte[]> keys;

  private final Map<String, Instant> spent = new LinkedHashMap<>();

  /// @param authTokens the first is the one to sign with; empty only where signatures are not
  ///   checked either: then a key of this process
  StreamToken(List<Secret> authTokens, InstantSource clock) {
    this.clock = clock;
    byte[] own = new byte[32];
    random.nextBytes(own);
    Stream<byte[]> secrets =
        authTokens.isEmpty() ? Stream.of(own) : authTokens.stream().map(t -> bytes(t.reveal()));
    keys = secrets.map(secret -> mac(secret, "voice-agent stream token 1")).toList();
  }

  /// A fresh token, letters, digits, `-`, `_` and `.` only.
  String issue(String callSid, String agent) {
    byte[] nonce = new byte[12];
    random.nextBytes(nonce);
    String claims =
        clock.instant().plus(LIFE).getEpochSecond() + "." + HexFormat.of().formatHex(nonce);
    return claims + "." + sign(keys.getFirst(), callSid, agent, claims);
  }

  /// Takes a token for good.
  ///
  /// @return why not; empty if it is taken
  Optional<Refusal> spend(String token, String callSid, String agent) {
    String[] parts = token.split("\\.", -1);
    if (token.isEmpty()) {
      return Optional.of(Refusal.TOKEN_MISSING);
    }
    if (parts.length != 3 || !parts[0].matches("[0-9]{1,12}")) {
      return Optional.of(Refusal.TOKEN_FORGED);
    }
    if (keys.stream().noneMatch(key -> isSignedWith(key, parts, callSid, agent))) {
      return Optional.of(Refusal.TOKEN_FORGED);
    }
    Instant now = clock.instant();
    Instant expiry = Instant.ofEpochSecond(Long.parseLong(parts[0]));
    if (now.isAfter(expiry)) {
      return Optional.of(Refusal.TOKEN_EXPIRED);
    }
    return isFirstUse(parts[1], expiry, now) ? Optional.empty() : Optional.of(Refusal.TOKEN_SPENT);
  }

  private synchronized boolean isFirstUse(String nonce, Instant expiry, Instant now) {
    Iterator<Instant> oldest = spent.values().iterator();
    while (oldest.hasNext() && (oldest.next().isBefore(now) || spent.size() >= MAX_SPENT)) {
      oldest.remove();
    }
    return spent.putIfAbsent(nonce, expiry) == null;
  }

  private static boolean isSignedWith(byte[] key, String[] parts, String callSid, String agent) {
    String expected = sign(key, callSid, agent, parts[0] + "." + parts[1]);
    return MessageDigest.isEqual(bytes(expected), bytes(parts[2]));
  }

  private static String sign(byte[] key, String callSid, String agent, String claims) {
    return ENCODER.encodeToString(mac(key, callSid + "\n" + agent + "\n" + claims));
  }

  private static byte[] mac(byte[] key, String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(bytes(text));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has HmacSHA256", e);
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
