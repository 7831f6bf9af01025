package voiceagent.stt.deepgram;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import voiceagent.kit.config.Secret;
import voiceagent.stt.deepgram.DeepgramMessage.HeardWord;
import voiceagent.stt.deepgram.DeepgramMessage.Results;
import voiceagent.stt.recognize.RecognitionRequest;

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
  void theOtherMessagesAreKnownAndNewOnesTolerated() throws Exception {
    assertThat(decode("utterance-end")).isEqualTo(new DeepgramMessage.UtteranceEnd(4.61));
    assertThat(decode("speech-started")).isEqualTo(new DeepgramMessage.SpeechStarted(3.12));
    assertThat(decode("metadata")).isEqualTo(new DeepgramMessage.Metadata());
    assertThat(decode("error")).isEqualTo(new DeepgramMessage.Trouble("could not process"));
    assertThat(decode("configure-success"))
        .isEqualTo(new DeepgramMessage.Unknown("ConfigureSuccess"));
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

  private static DeepgramConfig config(String url, String model) {
    return new DeepgramConfig(
        URI.create(url),
        Secret.of("key"),
        model,
        Duration.ofMillis(300),
        Duration.ofSeconds(1),
        Duration.ofSeconds(4));
  }

  private static RecognitionRequest request(
      String language, List<String> keyterms, Duration endpointing) {
    return new RecognitionRequest("CA1", language, keyterms, endpointing, 0);
  }

  @Test
  void theUriAsksForRawMulawInterimsAndBothEndsOfSpeech() {
    assertThat(
            DeepgramCodec.uri(
                config("wss://api.deepgram.com", "nova-3"),
                request("en-US", List.of("Acme Corp", "a&b"), Duration.ZERO)))
        .hasToString(
            "wss://api.deepgram.com/v1/listen?model=nova-3&language=en-US&encoding=mulaw"
                + "&sample_rate=8000&channels=1&interim_results=true&endpointing=300"
                + "&utterance_end_ms=1000&vad_events=true&smart_format=true&no_delay=true"
                + "&keyterm=Acme+Corp&keyterm=a%26b");
  }

  @Test
  void theUriLeavesOutWhatDeepgramWouldRefuse() {
    assertThat(
            DeepgramCodec.uri(
                config("ws://proxy/deepgram/", "nova-2-phonecall"),
                request("", List.of("Acme"), Duration.ofMillis(700))))
        .hasToString(
            "ws://proxy/deepgram/v1/listen?model=nova-2-phonecall&encoding=mulaw"
                + "&sample_rate=8000&channels=1&interim_results=true&endpointing=700"
                + "&utterance_end_ms=1000&vad_events=true&smart_format=true&no_delay=true");
    URI many =
        DeepgramCodec.uri(
            config("ws://x", "nova-3"),
            request("", Collections.nCopies(150, "Acme"), Duration.ZERO));
    assertThat(many.toString().split("keyterm=", -1)).hasSize(101);
  }

  @Test
  void retryAfterIsSecondsOrNothing() {
    assertThat(DeepgramCodec.seconds("7")).isEqualTo(Duration.ofSeconds(7));
    assertThat(DeepgramCodec.seconds("Wed, 21 Oct 2026 07:28:00 GMT")).isEqualTo(Duration.ZERO);
  }
}
