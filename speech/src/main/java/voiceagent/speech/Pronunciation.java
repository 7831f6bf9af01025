package voiceagent.speech;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// How a written word is spoken: words and figures that FreeTTS says well, and the pause after
/// them. E-mail addresses, URLs, times, dates, telephone numbers and signs are written out; what no
/// one would say is left out.
///
/// @param tokens in order; empty if nothing is said
/// @param pause "" for none, "," for a short one, "." or "?" for the end of a sentence
record Pronunciation(List<String> tokens, String pause) {
  private static final Pattern EDGES =
      Pattern.compile("^[^A-Za-z0-9$€£#+@&=%°]*(.*?)([^A-Za-z0-9%°&+=]*)$", Pattern.DOTALL);
  private static final Pattern TIME =
      Pattern.compile("(\\d{1,2}):(\\d{2})([ap]\\.?m)?", Pattern.CASE_INSENSITIVE);
  private static final Pattern DATE = Pattern.compile("(\\d{1,4})[/-](\\d{1,2})[/-](\\d{1,4})");
  private static final Pattern PHONE = Pattern.compile("\\+?[\\d(][\\d()]*([-.][\\d()]+)+");
  private static final Pattern MONEY = Pattern.compile("([€£])(\\d[\\d,.]*)");
  private static final Pattern PLAIN_NUMBER =
      Pattern.compile("\\$?\\d{1,3}(,\\d{3})*(\\.\\d{1,4})?%?|\\$?\\d{1,9}(\\.\\d{1,4})?%?");
  private static final Pattern ORDINAL = Pattern.compile("\\d{1,4}(st|nd|rd|th)");
  private static final Pattern DOTTED_LETTERS = Pattern.compile("([A-Za-z]\\.)+[A-Za-z]?");
  private static final Pattern ADDRESS =
      Pattern.compile(
          "(https?://|www\\.).*|\\S+@\\S+|[a-z0-9-]+(\\.[a-z0-9-]+)*\\.[a-z]{2,}(/\\S*)?",
          Pattern.CASE_INSENSITIVE);
  private static final Pattern PIECE = Pattern.compile("[A-Za-z']+|\\d+|[^A-Za-z0-9']");
  private static final List<String> MONTHS =
      List.of(
          "January",
          "February",
          "March",
          "April",
          "May",
          "June",
          "July",
          "August",
          "September",
          "October",
          "November",
          "December");
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
    Matcher time = TIME.matcher(core);
    Matcher date = DATE.matcher(core);
    Matcher money = MONEY.matcher(core);
    if (core.isEmpty()) {
      return List.of();
    }
    if (PLAIN_NUMBER.matcher(core).matches() || ORDINAL.matcher(core).matches()) {
      return List.of(core);
    }
    if (time.matches()) {
      return time(time.group(1), time.group(2), time.group(3));
    }
    if (date.matches()) {
      return date(date.group(1), date.group(2), date.group(3));
    }
    if (money.matches()) {
      List<String> amount = new ArrayList<>(tokens(money.group(2), before));
      amount.add(money.group(1).equals("€") ? "euros" : "pounds");
      return amount;
    }
    if (PHONE.matcher(core).matches()) {
      return pieces(core, false);
    }
    if (DOTTED_LETTERS.matcher(core).matches()
        || (core.matches("(?i)[ap]m") && before.matches("[\\d:]+"))) {
      return Arrays.stream(core.replace(".", "").split("", -1)).filter(l -> !l.isEmpty()).toList();
    }
    if (core.equalsIgnoreCase("st")) {
      return List.of(before.matches("[A-Z].*") ? "street" : "saint");
    }
    return pieces(core, ADDRESS.matcher(core).matches());
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

  private static List<String> time(String hour, String minute, @Nullable String half) {
    List<String> tokens = new ArrayList<>();
    tokens.add(String.valueOf(Integer.parseInt(hour)));
    if (minute.equals("00")) {
      if (half == null) {
        tokens.add("o'clock");
      }
    } else {
      if (minute.startsWith("0")) {
        tokens.add("oh");
      }
      tokens.add(String.valueOf(Integer.parseInt(minute)));
    }
    if (half != null) {
      tokens.add(half.substring(0, 1));
      tokens.add("m");
    }
    return tokens;
  }

  /// Year first, or day and month: the month first unless it is above 12.
  private static List<String> date(String first, String second, String third) {
    boolean yearFirst = first.length() > 2;
    int month = Integer.parseInt(yearFirst ? second : first);
    int day = Integer.parseInt(yearFirst ? third : second);
    if (month > 12) {
      int swapped = month;
      month = day;
      day = swapped;
    }
    if (month < 1 || month > 12 || day < 1 || day > 31) {
      return pieces(first + "/" + second + "/" + third, false);
    }
    return List.of(MONTHS.get(month - 1), ordinal(day), yearFirst ? first : third);
  }

  private static String ordinal(int day) {
    if (day / 10 == 1) {
      return day + "th";
    }
    return day
        + switch (day % 10) {
          case 1 -> "st";
          case 2 -> "nd";
          case 3 -> "rd";
          default -> "th";
        };
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
