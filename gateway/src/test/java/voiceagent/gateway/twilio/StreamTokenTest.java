package voiceagent.gateway.twilio;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import voiceagent.gateway.twilio.StreamToken.Refusal;
import voiceagent.kit.config.Secret;

class StreamTokenTest {
  private Instant now = Instant.parse("2026-11-24T12:00:00Z");
  private final StreamToken tokens = replica("key");

  private StreamToken replica(String... keys) {
    return new StreamToken(Stream.of(keys).map(Secret::of).toList(), () -> now);
  }

  @Test
  void aTokenIsGoodOnce() {
    String token = tokens.issue("CA1", "default");
    assertThat(tokens.spend(token, "CA1", "default")).isEmpty();
    assertThat(tokens.spend(token, "CA1", "default")).contains(Refusal.TOKEN_SPENT);
    assertThat(tokens.spend(tokens.issue("CA1", "default"), "CA1", "default")).isEmpty();
  }

  @Test
  void aTokenIsGoodForItsCallAndAgentOnly() {
    String token = tokens.issue("CA1", "default");
    assertThat(tokens.spend(token, "CA2", "default")).contains(Refusal.TOKEN_FORGED);
    assertThat(tokens.spend(token, "CA1", "sales")).contains(Refusal.TOKEN_FORGED);
    assertThat(tokens.spend(token.replaceFirst("^.", "9"), "CA1", "default"))
        .contains(Refusal.TOKEN_FORGED);
    assertThat(tokens.spend("a.b.c", "CA1", "default")).contains(Refusal.TOKEN_FORGED);
    assertThat(tokens.spend("", "CA1", "default")).contains(Refusal.TOKEN_MISSING);
  }

  @Test
  void aLateTokenIsRefused() {
    String token = tokens.issue("CA1", "default");
    now = now.plus(StreamToken.LIFE).plusSeconds(1);
    assertThat(tokens.spend(token, "CA1", "default")).contains(Refusal.TOKEN_EXPIRED);
  }

  @Test
  void anyReplicaWithTheSameAuthTokenTakesIt() {
    String token = tokens.issue("CA1", "default");
    assertThat(replica("key").spend(token, "CA1", "default")).isEmpty();
    assertThat(replica("other").spend(token, "CA1", "default")).contains(Refusal.TOKEN_FORGED);
  }

  @Test
  void whileAuthTokensAreRotatedGatewaysWithEitherTakeEachOthers() {
    String before = tokens.issue("CA1", "default");
    String after = replica("next", "key").issue("CA2", "default");
    assertThat(replica("next", "key").spend(before, "CA1", "default")).isEmpty();
    assertThat(replica("key", "next").spend(after, "CA2", "default")).isEmpty();
    assertThat(tokens.spend(after, "CA2", "default")).contains(Refusal.TOKEN_FORGED);
  }

  @Test
  void aTokenFitsIntoAParameter() {
    assertThat(tokens.issue("CA00000000000000000000000000000001", "default"))
        .matches("[A-Za-z0-9_.-]{40,200}");
  }
}
