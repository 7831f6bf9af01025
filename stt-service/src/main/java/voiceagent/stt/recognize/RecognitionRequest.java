package voiceagent.stt.recognize;

import java.time.Duration;
import java.util.List;

/// What a recogniser has to know of a call.
///
/// @param call for logs
/// @param language BCP 47; empty for the provider's preset
/// @param keyterms words and phrases to expect, most important first
/// @param endpointing silence that ends a stretch of speech; zero for the preset
/// @param resumeFrom offset of the first sample that will come
public record RecognitionRequest(
    String call, String language, List<String> keyterms, Duration endpointing, long resumeFrom) {
  public RecognitionRequest {
    keyterms = List.copyOf(keyterms);
  }

  /// The silence that ends a stretch of speech.
  public Duration endpointingOr(Duration preset) {
    return endpointing.isZero() ? preset : endpointing;
  }

  public RecognitionRequest withEndpointing(Duration changed) {
    return new RecognitionRequest(call, language, keyterms, changed, resumeFrom);
  }

  public RecognitionRequest withKeyterms(List<String> changed) {
    return new RecognitionRequest(call, language, changed, endpointing, resumeFrom);
  }
}
