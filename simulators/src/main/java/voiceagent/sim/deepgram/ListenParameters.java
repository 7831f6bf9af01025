package voiceagent.sim.deepgram;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import voiceagent.sim.server.Request;

/// What a client asks of `/v1/listen`. Source: Deepgram API reference, "Live Audio", query
/// parameters.
///
/// @param container whether the audio's own header says what it is; else it is mu-law at 8000 Hz
/// @param interims whether guesses are told
/// @param endpointing samples of silence that end a stretch of speech; [#NEVER] for none
/// @param utteranceEnd samples after the last word at which UtteranceEnd comes; [#NEVER] for none
/// @param vadEvents whether SpeechStarted is told
/// @param model as asked for
record ListenParameters(
    boolean container,
    boolean interims,
    long endpointing,
    long utteranceEnd,
    boolean vadEvents,
    String model) {
  static final long NEVER = Long.MAX_VALUE;

  private static final Pattern MODEL =
      Pattern.compile(
          "nova-3(-(general|medical))?"
              + "|nova-2(-(general|meeting|phonecall|finance|conversationalai|voicemail|video"
              + "|medical|drivethru|automotive|atc))?"
              + "|nova(-(general|phonecall))?"
              + "|enhanced(-(general|meeting|phonecall|finance))?"
              + "|base(-(general|meeting|phonecall|finance|conversationalai|voicemail|video))?");

  private static final Pattern LANGUAGE = Pattern.compile("[a-z]{2,3}(-[A-Za-z0-9]{2,8})*|multi");

  private static final Set<String> ENCODINGS =
      Set.of(
          "linear16",
          "linear32",
          "flac",
          "alaw",
          "mulaw",
          "amr-nb",
          "amr-wb",
          "opus",
          "ogg-opus",
          "speex",
          "g729");

  private static final List<String> FLAGS =
      List.of(
          "interim_results",
          "vad_events",
          "punctuate",
          "smart_format",
          "numerals",
          "profanity_filter",
          "filler_words",
          "dictation",
          "no_delay",
          "multichannel",
          "diarize",
          "detect_entities",
          "mip_opt_out");

  /// With them, all that is documented.
  private static final Set<String> OTHERS =
      Set.of(
          "model",
          "language",
          "encoding",
          "sample_rate",
          "channels",
          "endpointing",
          "utterance_end_ms",
          "keyterm",
          "keywords",
          "redact",
          "replace",
          "search",
          "diarize_model",
          "tag",
          "extra",
          "version",
          "callback",
          "callback_method");

  private static final int MOST_KEYTERMS = 100;

  /// Samples in a millisecond.
  private static final int MS = 8;

  /// A parameter that Deepgram refuses.
  static final class Refused extends Exception {
    Refused(String message) {
      super(message);
    }
  }

  /// A name that is not documented is refused, so that a client learns of its misspelling; what
  /// Deepgram does with one is not documented.
  ///
  /// @throws Refused with Deepgram's words where they are known
  static ListenParameters of(Request request) throws Refused {
    for (String name : request.query().keySet()) {
      if (!FLAGS.contains(name) && !OTHERS.contains(name)) {
        throw new Refused("Unknown query parameter '" + name + "' for /v1/listen.");
      }
    }
    for (String flag : FLAGS) {
      flag(request, flag);
    }
    String model = model(request);
    boolean interims = flag(request, "interim_results");
    String language = request.query("language").orElse("en");
    if (!LANGUAGE.matcher(language).matches()) {
      throw invalid("language", language);
    }
    return new ListenParameters(
        container(request),
        interims,
        endpointing(request),
        utteranceEnd(request, interims),
        flag(request, "vad_events"),
        model);
  }

  private static String model(Request request) throws Refused {
    String model = request.query("model").orElse("base-general");
    if (model.startsWith("flux")) {
      throw new Refused("Model " + model + " is only available on /v2/listen.");
    }
    if (!MODEL.matcher(model).matches()) {
      throw new Refused("No such model/language/tier combination found.");
    }
    Map<String, List<String>> query = request.query();
    List<String> keyterms = query.getOrDefault("keyterm", List.of());
    if (!keyterms.isEmpty() && !model.startsWith("nova-3")) {
      throw new Refused("Keyterm prompting is only available for nova-3.");
    }
    if (keyterms.size() > MOST_KEYTERMS) {
      throw new Refused("Keyterm limit exceeded: " + keyterms.size() + " of " + MOST_KEYTERMS);
    }
    if (query.containsKey("keywords") && model.startsWith("nova-3")) {
      throw new Refused("Keywords are not supported for nova-3: use keyterm.");
    }
    return model;
  }

  static boolean flag(Request request, String name) throws Refused {
    String value = request.query(name).orElse("false");
    if (!value.equals("true") && !value.equals("false")) {
      throw invalid(name, value);
    }
    return value.equals("true");
  }

  private static boolean container(Request request) throws Refused {
    Optional<String> encoding = request.query("encoding");
    Optional<String> rate = request.query("sample_rate");
    if (encoding.isEmpty()) {
      return true;
    }
    if (!ENCODINGS.contains(encoding.get())) {
      throw invalid("encoding", encoding.get());
    }
    if (rate.isEmpty()) {
      throw new Refused("'sample_rate' is required when 'encoding' is set to raw audio.");
    }
    onlyMulaw(encoding.get(), rate.get());
    if (!request.query("channels").orElse("1").equals("1")) {
      throw invalid("channels", request.query("channels").orElse(""));
    }
    return false;
  }

  static void onlyMulaw(String encoding, String rate) throws Refused {
    if (!encoding.equals("mulaw") || !rate.equals("8000")) {
      throw new Refused(
          "This simulator hears encoding=mulaw&sample_rate=8000 only, not "
              + encoding
              + " at "
              + rate);
    }
  }

  private static long endpointing(Request request) throws Refused {
    String value = request.query("endpointing").orElse("10");
    return value.equals("false") ? NEVER : MS * number("endpointing", value, 0, 60_000);
  }

  private static long utteranceEnd(Request request, boolean interims) throws Refused {
    Optional<String> value = request.query("utterance_end_ms");
    if (value.isEmpty()) {
      return NEVER;
    }
    long ms = number("utterance_end_ms", value.get(), 1000, 5000);
    if (!interims) {
      throw new Refused("'utterance_end_ms' requires 'interim_results' to be true.");
    }
    return MS * ms;
  }

  static long number(String name, String value, long least, long most) throws Refused {
    try {
      long number = Long.parseLong(value);
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // told below, as any other value that is none
    }
    throw invalid(name, value);
  }

  static Refused invalid(String name, String value) {
    return new Refused("Invalid '" + name + "' value of '" + value + "'.");
  }
}
