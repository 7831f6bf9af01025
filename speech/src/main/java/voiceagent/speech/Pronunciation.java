package voiceagent.speech;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import voiceagent.kit.text.SpokenForm;

/// How a written word is spoken: words that FreeTTS says well, and the pause after them. What
/// [SpokenForm] knows is written out, and abbreviations, domains and signs too; what no one would
/// say is left out.
///
/// @param tokens in order; empty if nothing is said
/// @param pause "" for none, "," for a short one, "." or "?" for the end of a sentence
record Pronunciation(List<String> tokens, String pause) {
  private static final Pattern EDGES =
      Pattern.compile("^[^A-Za-z0-9$€£#+@&=%°]*(.*?)([^A-Za-z0-9%°&+=]*)$", Pattern.DOTALL);
  private static final Pattern DOTTED_LETTERS = Pattern.compile("([A-Za-z]\\.)+[A-Za-z]?");
  private static final Pattern ADDRESS =
      Pattern.compile(
          "(https?://|www\\.).*|\\S+@\\S+|[a-z0-9-]+(\\.[a-z0-9-]+)*\\.[a-z]{2,}(/\\S*)?",
          Pattern.CASE_INSENSITIVE);
  private static final Pattern PIECE = Pattern.compile("[A-Za-z']+|\\d+|[^A-Za-z0-9']");
  private static final List<String> ABBREVIATIONS =
      List.of("dr", "mr", "mrs", "ms", "st", "prof", "vs", "no");
  private static final Map<String, String> SIGNS =
      Map.ofEntries(
          Map.entry("@", "at"),
          Map.entry(".", "dot"),
          Map.entry("/", "slash"),
          Map.entry("-", "dash"),
          Map.entry("_", "underscore"),
          Map.entry(":", "colon"),
          Map.entry("&", "and"),
          Map.entry("+", "plus"),
          Map.entry("=", "equals"),
          Map.entry("#", "number"),
          Map.entry("%", "percent"),
          Map.entry("$", "dollars"),
          Map.entry("€", "euros"),
          Map.entry("£", "pounds"),
          Map.entry("°", "degrees"));

  /// @param written a word between white space, punctuation included
  /// @param before the word before it; empty at the start
  static Pronunciation of(String written, String before) {
    String plain = ascii(written);
    Matcher edges = EDGES.matcher(plain);
    if (!edges.matches()) {
      return new Pronunciation(List.of(), "");
    }
    String core = edges.group(1);
    return new Pronunciation(
        tokens(core, before), pause(core, core.isEmpty() ? plain : edges.group(2)));
  }

  private static List<String> tokens(String core, String before) {
    if (core.isEmpty()) {
      return List.of();
    }
    if (DOTTED_LETTERS.matcher(core).matches()
        || (core.matches("(?i)[ap]m") && before.matches("[\\d:]+"))) {
      return Arrays.stream(core.replace(".", "").split("", -1)).filter(l -> !l.isEmpty()).toList();
    }
    if (core.equalsIgnoreCase("st")) {
      return List.of(before.matches("[A-Z].*") ? "street" : "saint");
    }
    String spoken = SpokenForm.of(core, "en");
    return spoken.equals(core)
        ? pieces(core, ADDRESS.matcher(core).matches())
        : pieces(spoken.replaceAll("\\b([AP])M\\b", "$1 M"), false);
  }

  /// @param signs whether dots and dashes are said, as in an address
  private static List<String> pieces(String core, boolean signs) {
    String shown = core.replaceFirst("(?i)^https?://", "");
    List<String> tokens = new ArrayList<>();
    PIECE
        .matcher(shown)
        .results()
        .map(r -> r.group())
        .forEach(piece -> {
          if (Character.isDigit(piece.charAt(0)) && (piece.length() > 2 || signs)) {
            tokens.addAll(
                Arrays.stream(piece.split("(?<=.)", -1)).filter(d -> !d.isEmpty()).toList());
          } else if (Character.isLetterOrDigit(piece.charAt(0))) {
            tokens.add(piece.replaceAll("'+$", ""));
          } else if (SIGNS.containsKey(piece) && (signs || !"-./_:".contains(piece))) {
            tokens.add(SIGNS.get(piece));
          }
        });
    return List.copyOf(tokens);
  }

  private static String pause(String core, String trailing) {
    if (trailing.contains("?")) {
      return "?";
    }
    if (trailing.contains("!")
        || (trailing.contains(".") && !ABBREVIATIONS.contains(core.toLowerCase(Locale.ROOT)))) {
      return ".";
    }
    return trailing.matches("(?s).*[,;:-].*") ? "," : "";
  }

  /// Letters without their accents; quotation marks and dashes as ASCII has them. Currency signs
  /// and the degree sign stay, other characters go.
  private static String ascii(String written) {
    String plain =
        Normalizer.normalize(written, Normalizer.Form.NFKD)
            .replaceAll("[‘’‛′]", "'")
            .replaceAll("[–—―−]", "-")
            .replace("…", "...")
            .replace("ß", "ss")
            .replaceAll("[øØ]", "o")
            .replaceAll("[æÆ]", "ae");
    return plain.replaceAll("[^\\x21-\\x7E€£°]", "");
  }
}
