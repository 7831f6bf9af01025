package voiceagent.stt.deepgram;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import voiceagent.stt.deepgram.DeepgramMessage.HeardWord;
import voiceagent.stt.deepgram.DeepgramMessage.Results;

class DeepgramCodecTest {
  private static DeepgramMessage decode(String file) throws IOException, ProtocolException {
    try (InputStream in =
        Objects.requireNonNull(
            DeepgramCodecTest.class.getResourceAsStream("/deepgram/" + file + ".json"))) {
      return DeepgramCodec.decode(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  @Test
  void aFinalHasItsTextSpanAndPunctuatedWords() throws Exception {
    Results results = (Results) decode("results-final");
    assertThat(results.transcript()).isEqualTo("I'd like to book a table.");
    assertThat(results.end()).isEqualTo(4.6);
    assertThat(results.last()).isTrue();
    assertThat(results.pause()).isTrue();
    assertThat(results.asked()).isFalse();
    assertThat(results.words())
        .startsWith(new HeardWord("I'd", 3.30, 3.42, 0.98))
        .endsWith(new HeardWord("table.", 4.20, 4.52, 0.99));
  }

  @Test
  void whatIsNotSaidIsFalseOrPlain() throws Exception {
    Results results = (Results) decode("results-interim-plain");
    assertThat(results.transcript()).isEqualTo("hello");
    assertThat(results.words()).containsExactly(new HeardWord("hello", 0.3, 0.7, 0.5));
    assertThat(results.last()).isFalse();
    assertThat(results.pause()).isFalse();
    Results empty = (Results) decode("results-empty");
    assertThat(empty.transcript()).isEmpty();
    assertThat(empty.asked()).isTrue();
  }

  @Test
  void theOtherMessagesAreKnownAndNewOnesTolerated_C10() throws Exception {
    assertThat(decode("utterance-end")).isEqualTo(new DeepgramMessage.UtteranceEnd(4.61));
    assertThat(decode("speech-started")).isEqualTo(new DeepgramMessage.SpeechStarted(3.12));
    assertThat(decode("metadata")).isEqualTo(new DeepgramMessage.Metadata());
    assertThat(decode("error")).isEqualTo(new DeepgramMessage.Trouble("", "could not process"));
    assertThat(DeepgramCodec.decode("{\"type\":\"Novelty\"}"))
        .isEqualTo(new DeepgramMessage.Unknown("Novelty"));
    assertThat(DeepgramCodec.decode("[]")).isEqualTo(new DeepgramMessage.Unknown(""));
  }

  @Test
  void whatCannotBeReadIsNamedWithoutItsWords() {
    assertThatThrownBy(() -> decode("results-broken"))
        .isInstanceOf(ProtocolException.class)
        .hasMessage("Results has STRING as start, expected a number of seconds");
    assertThatThrownBy(() -> DeepgramCodec.decode("{\"type\":\"Results\"}"))
        .hasMessageContaining("channel.alternatives[0]");
    assertThatThrownBy(() -> DeepgramCodec.decode("{hello"))
        .hasMessage("message of 6 characters is no JSON");
  }

  @Test
  void aTurnOfFluxHasItsWordsTimesAndTrigger() throws Exception {
    DeepgramMessage.TurnInfo end = (DeepgramMessage.TurnInfo) decode("turn-info-end");
    assertThat(end.event()).isEqualTo(DeepgramMessage.TurnInfo.Event.END_OF_TURN);
    assertThat(end.transcript()).isEqualTo("Yes, tomorrow at five.");
    assertThat(end.words()).hasSize(2);
    assertThat(end.end()).isEqualTo(2.64);
    assertThat(end.confidence()).isEqualTo(0.83);
    assertThat(end.trigger()).isEqualTo("model");
    DeepgramMessage.TurnInfo untimed = (DeepgramMessage.TurnInfo) decode("turn-info-untimed");
    assertThat(untimed.words()).isEmpty();
    assertThat(untimed.transcript()).isEqualTo("Yes, tomorrow");
    assertThat(untimed.event()).isEqualTo(DeepgramMessage.TurnInfo.Event.UPDATE); // a new event
    assertThat(decode("configure-success")).isEqualTo(new DeepgramMessage.Configured(true));
    assertThat(DeepgramCodec.decode("{\"type\":\"Connected\",\"sequence_id\":0}"))
        .isEqualTo(new DeepgramMessage.Connected());
  }

  @Test
  void commandsAreTextDeepgramKnows() {
    assertThat(DeepgramCodec.configure(List.of("Acme", "say \"hi\"")))
        .isEqualTo("{\"type\":\"Configure\",\"keyterms\":[\"Acme\",\"say \\\"hi\\\"\"]}");
  }

  @Test
  void retryAfterIsSecondsOrNothing() {
    assertThat(DeepgramCodec.seconds("7")).isEqualTo(Duration.ofSeconds(7));
    assertThat(DeepgramCodec.seconds("Wed, 21 Oct 2026 07:28:00 GMT")).isEqualTo(Duration.ZERO);
  }
}
