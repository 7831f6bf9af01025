package voiceagent.stt.deepgram;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import voiceagent.kit.config.Settings;
import voiceagent.stt.SttMain;
import voiceagent.stt.recognize.RecognitionRequest;

class DeepgramUriTest {
  private static DeepgramConfig config(String url, String model) {
    Settings settings =
        Settings.of(
            SttMain.class,
            Map.of("DEEPGRAM_URL", url, "DEEPGRAM_MODEL", model, "DEEPGRAM_API_KEY", "key"));
    return DeepgramConfig.from(settings);
  }

  private static RecognitionRequest request(
      String language, List<String> keyterms, Duration endpointing) {
    return new RecognitionRequest("CA1", language, keyterms, endpointing, 0);
  }

  @Test
  void theUriAsksForRawMulawInterimsAndBothEndsOfSpeech() {
    assertThat(
            DeepgramUri.of(
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
            DeepgramUri.of(
                config("ws://proxy/deepgram/", "nova-2-phonecall"),
                request("", List.of("Acme"), Duration.ofMillis(700))))
        .hasToString(
            "ws://proxy/deepgram/v1/listen?model=nova-2-phonecall&encoding=mulaw"
                + "&sample_rate=8000&channels=1&interim_results=true&endpointing=700"
                + "&utterance_end_ms=1000&vad_events=true&smart_format=true&no_delay=true");
    URI many =
        DeepgramUri.of(
            config("ws://x", "nova-3"),
            request("", Collections.nCopies(150, "Acme"), Duration.ZERO));
    assertThat(many.toString().split("keyterm=", -1)).hasSize(101);
  }

  @Test
  void fluxIsAskedForItsThresholdsAndNothingOfV1() {
    assertThat(
            DeepgramUri.of(
                config("ws://x", "flux-general-en"),
                request("en-US", List.of("Acme Corp"), Duration.ofMillis(700))))
        .hasToString(
            "ws://x/v2/listen?model=flux-general-en&encoding=mulaw&sample_rate=8000"
                + "&eot_threshold=0.7&eot_timeout_ms=5000&keyterm=Acme+Corp");
    assertThat(
            DeepgramUri.of(
                config("ws://x", "flux-general-multi"), request("es-MX", List.of(), Duration.ZERO)))
        .hasToString(
            "ws://x/v2/listen?model=flux-general-multi&encoding=mulaw&sample_rate=8000"
                + "&eot_threshold=0.7&eot_timeout_ms=5000&language_hint=es");
  }

  @Test
  void keytermsEndWhereDeepgramWouldFallSilent() {
    String long60 = "x".repeat(60);
    assertThat(DeepgramUri.keyterms(Collections.nCopies(100, long60))).hasSize(25);
    assertThat(DeepgramUri.keyterms(List.of(" Acme ", " ", "Zephyr")))
        .containsExactly("Acme", "Zephyr");
  }
}
