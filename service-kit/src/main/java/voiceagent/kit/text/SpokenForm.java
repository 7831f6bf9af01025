package voiceagent.kit.text;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Writes out what a voice would read badly: numbers, dates, times, currency, telephone numbers,
/// e-mail addresses, links, signs. English; text in other languages stays as it is.
public final class SpokenForm {
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

  private static final String MONTH =
      "(January|February|March|April|May|June|July|August|September|October|November|December"
          + "|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\\.?";

  private static final Map<String, String> CURRENCIES =
      Map.of("$", "dollar,cent", "€", "euro,cent", "£", "pound,penny");

  private record Rule(Pattern pattern, Function<MatchResult, String> spoken) {}

  /// In this order: what an earlier one wrote, a later one does not see as digits.
  private static final List<Rule> RULES =
      List.of(
          rule("[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\\.[A-Za-z0-9-]+)+", m -> address(m.group())),
          rule(
              "(?:https?://)?www\\.[\\w-]+(?:\\.[\\w-]+)+(?:/[\\w/-]*)?|https?://[\\w.-]+(?:/[\\w/-]*)?",
              m -> address(m.group().replaceFirst("^https?://", "").replaceFirst("/$", ""))),
          rule("\\b(\\d{4})-(\\d{2})-(\\d{2})\\b", m -> date(m, 2, 3, 1)),
          rule("\\b(\\d{1,2})/(\\d{1,2})/(\\d{4}|\\d{2})\\b", m -> date(m, 1, 2, 3)),
          rule(
              "\\b" + MONTH + " (\\d{1,2})(?:st|nd|rd|th)?(, \\d{4})?\\b", SpokenForm::monthAndDay),
          rule("\\b(\\d{1,2}):(\\d{2})(?: ?([AaPp])\\.?[Mm]\\b\\.?)?", SpokenForm::time),
          rule(
              "\\b(\\d{1,2}) ?([AaPp])\\.?[Mm]\\b(\\.(?= [a-z]))?",
              m -> hour(m.group(1)) + " " + m.group(2).toUpperCase(Locale.ROOT) + "M"),
          rule(
              "([$€£])(\\d{1,3}(?:,\\d{3})+|\\d+)(?:\\.(\\d{2}))?(?!\\d)( (?:thousand|million|billion))?",
              SpokenForm::money),
          rule(
              "(?<![\\d.])\\+?(?:\\d[ -]?)?\\(?\\d{3}\\)?[ -]\\d{3}[ -]\\d{4}(?![\\d-])|(?<![\\d.])\\+\\d{7,15}\\b"
                  + "|(?<![\\d.-])\\d{3}-\\d{4}(?![\\d-])",
              m -> phone(m.group())),
          rule("\\b(\\d+)(st|nd|rd|th)\\b", m -> Numbers.ordinal(number(m.group(1)))),
          rule(
              "(?<![\\d.])(\\d{1,3}(?:,\\d{3})+|\\d+)(?:\\.(\\d+))? ?%",
              m -> amount(m) + " percent"),
          rule("(?<=\\d)(?: ?[–-] ?)(?=\\d)", _ -> " to "),
          rule(
              "(?<=\\b(?:in|since|of|until|year|from) )(1[1-9]\\d\\d|20\\d\\d)\\b",
              m -> Numbers.year(Integer.parseInt(m.group(1)))),
          rule("(?<![\\w.])-(?=\\d)", _ -> "minus "),
          rule(
              "(?<![\\w.])(\\d{1,3}(?:,\\d{3})+|\\d+)(?:\\.(\\d+))?(?![\\w]|\\.\\d)",
              SpokenForm::amount),
          rule(" & ", _ -> " and "));

  private SpokenForm() {}

  /// @param language BCP 47; empty counts as English
  public static String of(String text, String language) {
    boolean english = language.isEmpty() || language.toLowerCase(Locale.ROOT).startsWith("en");
    if (!english
        || text.chars()
            .noneMatch(c -> Character.isDigit(c) || "@&%$€£".indexOf(c) >= 0 || c == ':')) {
      return text;
    }
    String spoken = text;
    for (Rule rule : RULES) {
      spoken =
          rule.pattern()
              .matcher(spoken)
              .replaceAll(m -> Matcher.quoteReplacement(rule.spoken().apply(m)));
    }
    return spoken;
  }

  private static Rule rule(String pattern, Function<MatchResult, String> spoken) {
    return new Rule(Pattern.compile(pattern), spoken);
  }

  private static long number(String digits) {
    String bare = digits.replace(",", "");
    return bare.length() > 15 ? -1 : Long.parseLong(bare);
  }

  /// A number with the digits after its point, in words; a long one digit by digit.
  private static String amount(MatchResult match) {
    String whole = match.group(1);
    boolean code =
        !whole.contains(",")
            && (whole.length() > 6 || (whole.length() > 1 && whole.startsWith("0")));
    String words = code ? Numbers.digits(whole) : Numbers.cardinal(number(whole));
    return match.group(2) == null ? words : words + " point " + Numbers.digits(match.group(2));
  }

  private static String money(MatchResult match) {
    String[] names = CURRENCIES.getOrDefault(match.group(1), "dollar,cent").split(",", -1);
    long whole = number(match.group(2));
    if (match.group(4) != null) {
      String cents = match.group(3) == null ? "" : " point " + Numbers.digits(match.group(3));
      return Numbers.cardinal(whole) + cents + match.group(4) + " " + names[0] + "s";
    }
    String main = Numbers.cardinal(whole) + " " + names[0] + (whole == 1 ? "" : "s");
    int small = match.group(3) == null ? 0 : Integer.parseInt(match.group(3));
    if (small == 0) {
      return main;
    }
    String many = names[1].equals("penny") ? "pence" : names[1] + "s";
    String cents = Numbers.cardinal(small) + " " + (small == 1 ? names[1] : many);
    return whole == 0 ? cents : main + " and " + cents;
  }

  /// Month first, unless it is above 12.
  private static String date(MatchResult match, int month, int day, int year) {
    int monthNumber = Integer.parseInt(match.group(month));
    int dayNumber = Integer.parseInt(match.group(day));
    if (monthNumber > 12) {
      int swapped = monthNumber;
      monthNumber = dayNumber;
      dayNumber = swapped;
    }
    if (monthNumber < 1 || monthNumber > 12 || dayNumber < 1 || dayNumber > 31) {
      return match.group();
    }
    return MONTHS.get(monthNumber - 1)
        + " "
        + Numbers.ordinal(dayNumber)
        + ", "
        + Numbers.year(Integer.parseInt(match.group(year)));
  }

  private static String monthAndDay(MatchResult match) {
    int day = Integer.parseInt(match.group(2));
    if (day < 1 || day > 31) {
      return match.group();
    }
    String month =
        MONTHS.stream()
            .filter(m -> m.startsWith(match.group(1).substring(0, 3)))
            .findFirst()
            .orElse(match.group(1));
    String year =
        match.group(3) == null
            ? ""
            : ", " + Numbers.year(Integer.parseInt(match.group(3).substring(2)));
    return month + " " + Numbers.ordinal(day) + year;
  }

  private static String time(MatchResult match) {
    int hours = Integer.parseInt(match.group(1));
    int minutes = Integer.parseInt(match.group(2));
    if (hours > 24 || minutes > 59) {
      return match.group();
    }
    String half = match.group(3) == null ? "" : " " + match.group(3).toUpperCase(Locale.ROOT) + "M";
    String stop = half.isEmpty() || !match.group().endsWith(".") ? "" : ".";
    String past =
        minutes == 0
            ? half.isEmpty() ? " o'clock" : ""
            : " " + (minutes < 10 ? "oh " : "") + Numbers.cardinal(minutes);
    return Numbers.cardinal(hours) + past + half + stop;
  }

  private static String hour(String digits) {
    return Numbers.cardinal(Integer.parseInt(digits));
  }

  private static String phone(String number) {
    StringBuilder spoken = new StringBuilder(number.startsWith("+") ? "plus " : "");
    for (String group : number.replaceFirst("^\\+", "").split("[ ()-]+", -1)) {
      if (!group.isEmpty()) {
        spoken.append(Numbers.digits(group)).append(", ");
      }
    }
    return spoken.substring(0, spoken.length() - 2);
  }

  private static String address(String address) {
    StringBuilder spoken = new StringBuilder();
    for (String part : address.split("(?<=[@._/-])|(?=[@._/-])", -1)) {
      String word =
          switch (part) {
            case "@" -> "at";
            case "." -> "dot";
            case "_" -> "underscore";
            case "-" -> "dash";
            case "/" -> "slash";
            default -> part.matches("\\d+") ? Numbers.digits(part) : part;
          };
      spoken.append(word).append(' ');
    }
    return spoken.toString().strip();
  }
}
