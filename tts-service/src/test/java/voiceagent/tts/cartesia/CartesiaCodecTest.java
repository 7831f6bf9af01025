package voiceagent.tts.cartesia;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import voiceagent.kit.config.Secret;
import voiceagent.tts.synthesize.VoiceChoice;

class CartesiaCodecTest {
  private static final String CONTEXT = "CA33-t7";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final CartesiaCodec codec =
      new CartesiaCodec(
          new CartesiaConfig(
              URI.create("ws://localhost"),
              Secret.of("key"),
              "00000000-0000-4000-8000-0000000000aa",
              "sonic-3",
              AudioEncoding.PCM_MULAW,
              0,
              Patience.PRESET));

  private static String recorded(String name) {
    try (InputStream in = CartesiaCodecTest.class.getResourceAsStream("/cartesia/" + name)) {
      assertThat(in).as(name).isNotNull();
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static CartesiaMessage decoded(String name) {
    return CartesiaCodec.decode(recorded(name));
  }

  @Test
  void aChunkIsItsContextAndItsBytes() {
    assertThat(decoded("chunk.json"))
        .isInstanceOfSatisfying(
            CartesiaMessage.Chunk.class,
            chunk -> {
              assertThat(chunk.context()).isEqualTo(CONTEXT);
              assertThat(chunk.audio())
                  .containsExactly(0x7f, 0x7f, 0x7f, 0x7f, 0x7f, 0x7f, 0x7f, 0x7f);
            });
  }

  @Test
  void wordsComeInSamples() {
    assertThat(decoded("timestamps.json"))
        .isEqualTo(
            new CartesiaMessage.Words(
                CONTEXT,
                List.of(
                    new CartesiaMessage.Word("Sure,", 160, 3040),
                    new CartesiaMessage.Word("I", 3280, 3840),
                    new CartesiaMessage.Word("can", 4000, 5280))));
    assertThat(decoded("timestamps-null.json"))
        .isEqualTo(new CartesiaMessage.Words(CONTEXT, List.of()));
  }

  @Test
  void endsAreTold() {
    assertThat(decoded("flush-done.json")).isEqualTo(new CartesiaMessage.FlushDone(CONTEXT));
    assertThat(decoded("done.json")).isEqualTo(new CartesiaMessage.Done(CONTEXT));
  }

  @Test
  void bothFormsOfErrorsAreRead() {
    assertThat(decoded("error.json"))
        .isEqualTo(
            new CartesiaMessage.Failure(
                CONTEXT,
                400,
                "model_not_found",
                "The model is not valid.",
                "00000000-0000-4000-8000-0000000000bb"));
    assertThat(decoded("error-before-2026-03.json"))
        .isEqualTo(new CartesiaMessage.Failure(CONTEXT, 400, "", "Invalid model ID", ""));
    assertThat(decoded("error-of-connection.json"))
        .isEqualTo(new CartesiaMessage.Failure("", 500, "", "Try again.", ""));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "nonsense",
        "[]",
        "7",
        "{}",
        "{\"type\":7}",
        "{\"type\":\"chunk\"}",
        "{\"type\":\"chunk\",\"data\":7}",
        "{\"type\":\"chunk\",\"data\":\"*\"}",
        "{\"type\":\"new\"}"
      })
  void whatIsNotKnownOrBrokenIsKeptAsUnknown(String message) {
    assertThat(CartesiaCodec.decode(message)).isInstanceOf(CartesiaMessage.Unknown.class);
  }

  @Test
  void phonemesAreNotAskedForAndNotRead() {
    assertThat(decoded("phoneme-timestamps.json"))
        .isEqualTo(new CartesiaMessage.Unknown("phoneme_timestamps"));
  }

  @Test
  void anInputHasAllFieldsAndOnlyTranscriptAndContinueDiffer() throws IOException {
    VoiceChoice voice = new VoiceChoice("", "en-GB", 1.2f, "names");
    JsonNode first =
        JSON.readTree(codec.input(CONTEXT, voice, "Sure, I can help with that. ", true));
    assertThat(first.toString().replace("1.2000000476837158", "1.2"))
        .isEqualTo(JSON.readTree(recorded("input.json")).toString());
    JsonNode last = JSON.readTree(codec.input(CONTEXT, voice, "", false));
    assertThat(last.path("continue").asBoolean()).isFalse();
    ((com.fasterxml.jackson.databind.node.ObjectNode) last)
        .put("transcript", "Sure, I can help with that. ")
        .put("continue", true);
    assertThat(last).isEqualTo(first);
  }

  @Test
  void whatACallDoesNotChooseIsThePreset() throws IOException {
    JsonNode input =
        JSON.readTree(codec.input(CONTEXT, new VoiceChoice("", "", 0, ""), "Hello.", true));
    assertThat(input.at("/voice/id").asText()).endsWith("aa");
    assertThat(input.path("language").asText()).isEqualTo("en");
    assertThat(input.has("generation_config")).isFalse();
    assertThat(input.has("pronunciation_dict_id")).isFalse();
  }
}
