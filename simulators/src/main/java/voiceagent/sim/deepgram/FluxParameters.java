package voiceagent.sim.deepgram;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import voiceagent.sim.deepgram.ListenParameters.Refused;
import voiceagent.sim.server.Request;

/// What a client asks of `/v2/listen`. Source: Deepgram API reference, "Turn-based Audio (Flux)",
/// query parameters.
///
/// @param container whether the audio's own header says what it is; else it is mu-law at 8000 Hz
/// @param multi whether the model hears several languages
record FluxParameters(
    boolean container, boolean multi, FluxThresholds thresholds, List<String> keyterms) {
  private static final Set<String> MODELS = Set.of("flux-general-en", "flux-general-multi");
  private static final Set<String> ENCODINGS =
      Set.of("linear16", "linear32", "mulaw", "alaw", "opus", "ogg-opus");
  private static final Set<String> LANGUAGES =
      Set.of("de", "en", "es", "fr", "hi", "it", "ja", "nl", "pt", "ru");
  private static final Set<String> KNOWN =
      Set.of(
          "model",
          "encoding",
          "sample_rate",
          "eot_threshold",
          "eager_eot_threshold",
          "eot_timeout_ms",
          "keyterm",
          "language_hint",
          "numerals",
          "profanity_filter",
          "redact",
          "mip_opt_out",
          "tag");
  static final int MOST_KEYTERMS = 100;

  static FluxParameters of(Request request) throws Refused {
    for (String name : request.query().keySet()) {
      if (!KNOWN.contains(name)) {
        throw new Refused("Unknown query parameter '" + name + "' for /v2/listen.");
      }
    }
    String model = request.query("model").orElse("");
    if (!MODELS.contains(model)) {
      throw new Refused("Model '" + model + "' is not available on /v2/listen.");
    }
    boolean multi = model.endsWith("-multi");
    languages(request, multi);
    for (String flag : new String[] {"numerals", "profanity_filter", "mip_opt_out"}) {
      ListenParameters.flag(request, flag);
    }
    List<String> keyterms = request.query().getOrDefault("keyterm", List.of());
    if (keyterms.size() > MOST_KEYTERMS) {
      throw new Refused("Keyterm limit exceeded: " + keyterms.size() + " of " + MOST_KEYTERMS);
    }
    return new FluxParameters(container(request), multi, thresholds(request), keyterms);
  }

  private static void languages(Request request, boolean multi) throws Refused {
    List<String> hints = request.query().getOrDefault("language_hint", List.of());
    if (!hints.isEmpty() && !multi) {
      throw new Refused("'language_hint' is only available for flux-general-multi.");
    }
    for (String hint : hints) {
      if (!LANGUAGES.contains(hint)) {
        throw ListenParameters.invalid("language_hint", hint);
      }
    }
  }

  private static boolean container(Request request) throws Refused {
    Optional<String> encoding = request.query("encoding");
    Optional<String> rate = request.query("sample_rate");
    if (encoding.isPresent() != rate.isPresent()) {
      throw new Refused("'encoding' and 'sample_rate' must be set together.");
    }
    if (encoding.isEmpty()) {
      return true;
    }
    if (!ENCODINGS.contains(encoding.get())) {
      throw ListenParameters.invalid("encoding", encoding.get());
    }
    ListenParameters.onlyMulaw(encoding.get(), rate.orElse(""));
    return false;
  }

  private static FluxThresholds thresholds(Request request) throws Refused {
    Optional<String> eager = request.query("eager_eot_threshold");
    FluxThresholds preset = FluxThresholds.PRESET;
    FluxThresholds asked =
        new FluxThresholds(
            decimal(request, "eot_threshold", preset.eot()),
            eager.isEmpty()
                ? OptionalDouble.empty()
                : OptionalDouble.of(decimal(request, "eager_eot_threshold", 0)),
            (int)
                ListenParameters.number(
                    "eot_timeout_ms",
                    request.query("eot_timeout_ms").orElse(String.valueOf(preset.timeoutMs())),
                    500,
                    60_000));
    if (!asked.problem().isEmpty()) {
      throw new Refused(asked.problem());
    }
    return asked;
  }

  private static double decimal(Request request, String name, double preset) throws Refused {
    String value = request.query(name).orElse(String.valueOf(preset));
    try {
      return Double.parseDouble(value);
    } catch (NumberFormatException e) {
      throw ListenParameters.invalid(name, value);
    }
  }
}
