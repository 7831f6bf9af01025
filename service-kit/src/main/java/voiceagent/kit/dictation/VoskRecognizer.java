package voiceagent.kit.dictation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.vosk.Model;
import org.vosk.Recognizer;
import voiceagent.kit.audio.Mulaw;

/// One recogniser of Vosk's, which serves one take after another: it is 50 ms in the making. One
/// thread at a time; blocks for 12 ms of each 60 ms of audio.
final class VoskRecognizer implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final float RATE = 8000f;

  private final Recognizer recognizer;
  private long heard;

  /// Where the take began: Vosk's clock runs on over a reset.
  private long origin;

  VoskRecognizer(Model model) throws IOException {
    recognizer = new Recognizer(model, RATE);
    recognizer.setWords(true);
  }

  /// @return whether Vosk has settled what came so far: [#result] has it
  boolean hear(byte[] mulaw) {
    byte[] pcm = Mulaw.decode(mulaw);
    heard += mulaw.length;
    return recognizer.acceptWaveForm(pcm, pcm.length);
  }

  /// The words settled since the last result.
  List<DictatedWord> result() {
    return words(recognizer.getResult());
  }

  /// The words since the last result when no more audio will come.
  List<DictatedWord> finalResult() {
    return words(recognizer.getFinalResult());
  }

  /// A guess at the words since the last result, joined with spaces. Vosk could tell their times
  /// too, but then holds each guess back for a second.
  String partial() {
    return parsed(recognizer.getPartialResult()).path("partial").asText().strip();
  }

  /// Samples of this take so far.
  long position() {
    return heard - origin;
  }

  /// Ready for the next take.
  void reset() {
    recognizer.reset();
    origin = heard;
  }

  @Override
  public void close() {
    recognizer.close();
  }

  private List<DictatedWord> words(String json) {
    List<DictatedWord> words = new ArrayList<>();
    for (JsonNode word : parsed(json).path("result")) {
      words.add(
          new DictatedWord(
              word.path("word").asText(),
              samples(word.path("start")),
              samples(word.path("end")),
              word.path("conf").asDouble()));
    }
    return words;
  }

  private long samples(JsonNode seconds) {
    return Math.round(seconds.asDouble() * RATE) - origin;
  }

  private static JsonNode parsed(String json) {
    try {
      return JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Vosk gave no JSON", e);
    }
  }
}
