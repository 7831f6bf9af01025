package voiceagent.stt.deepgram;

import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import voiceagent.stt.recognize.RecognitionRequest;

/// Where a call's audio goes, and with which parameters.
final class DeepgramUri {
  /// Deepgram takes 100 terms of 500 tokens in all; beyond, it falls silent and closes with 1011.
  private static final int MOST_KEYTERMS = 100;

  private static final int MOST_TOKENS = 500;

  /// Characters that make a token at least: rather too few, since the tokens are not told.
  private static final int CHARACTERS_A_TOKEN = 3;

  /// What `flux-general-multi` hears.
  private static final Set<String> FLUX_LANGUAGES =
      Set.of("de", "en", "es", "fr", "hi", "it", "ja", "nl", "pt", "ru");

  private final StringBuilder uri;

  private DeepgramUri(DeepgramConfig config, String path) {
    uri = new StringBuilder(config.url().toString().replaceAll("/+$", "")).append(path);
    uri.append("?model=").append(encoded(config.model()));
  }

  static URI of(DeepgramConfig config, RecognitionRequest request) {
    return config.isFlux() ? flux(config, request) : listen(config, request);
  }

  /// The language is left to Deepgram where the call names none; key terms go to the models that
  /// take them.
  private static URI listen(DeepgramConfig config, RecognitionRequest request) {
    DeepgramUri uri = new DeepgramUri(config, "/v1/listen");
    if (!request.language().isEmpty()) {
      uri.add("language", request.language());
    }
    uri.add("encoding", "mulaw").add("sample_rate", "8000").add("channels", "1");
    uri.add("interim_results", "true");
    uri.add("endpointing", request.endpointingOr(config.endpointing()).toMillis());
    uri.add("utterance_end_ms", config.utteranceEnd().toMillis());
    uri.add("vad_events", "true").add("smart_format", "true").add("no_delay", "true");
    if (config.model().startsWith("nova-3")) {
      keyterms(request.keyterms()).forEach(term -> uri.add("keyterm", term));
    }
    return uri.build();
  }

  private static URI flux(DeepgramConfig config, RecognitionRequest request) {
    DeepgramUri uri = new DeepgramUri(config, "/v2/listen");
    uri.add("encoding", "mulaw").add("sample_rate", "8000");
    uri.add("eot_threshold", config.flux().endThreshold());
    config.flux().eagerThreshold().ifPresent(t -> uri.add("eager_eot_threshold", t));
    uri.add("eot_timeout_ms", config.flux().timeout().toMillis());
    String language = primary(request.language());
    if (config.model().endsWith("-multi") && FLUX_LANGUAGES.contains(language)) {
      uri.add("language_hint", language);
    }
    keyterms(request.keyterms()).forEach(term -> uri.add("keyterm", term));
    return uri.build();
  }

  /// "en" of "en-US".
  static String primary(String language) {
    return language.substring(0, (language + "-").indexOf('-')).toLowerCase(Locale.ROOT);
  }

  /// As many as Deepgram takes, most important first.
  static List<String> keyterms(List<String> wanted) {
    List<String> taken = new ArrayList<>();
    int tokens = 0;
    for (String term : wanted) {
      tokens += (term.length() + CHARACTERS_A_TOKEN - 1) / CHARACTERS_A_TOKEN;
      if (tokens > MOST_TOKENS || taken.size() == MOST_KEYTERMS) {
        break;
      }
      if (!term.isBlank()) {
        taken.add(term.strip());
      }
    }
    return taken;
  }

  private DeepgramUri add(String name, Object value) {
    uri.append('&').append(name).append('=').append(encoded(String.valueOf(value)));
    return this;
  }

  private URI build() {
    return URI.create(uri.toString());
  }

  private static String encoded(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8);
  }
}
