package voiceagent.kit.text;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// Numbers in English words.
final class Numbers {
  private static final List<String> SMALL =
      List.of(
          "zero",
          "one",
          "two",
          "three",
          "four",
          "five",
          "six",
          "seven",
          "eight",
          "nine",
          "ten",
          "eleven",
          "twelve",
          "thirteen",
          "fourteen",
          "fifteen",
          "sixteen",
          "seventeen",
          "eighteen",
          "nineteen");

  private static final List<String> TENS =
      List.of("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety");

  private static final List<String> GROUPS =
      List.of("", " thousand", " million", " billion", " trillion");

  private static final Map<String, String> ORDINALS =
      Map.of(
          "one", "first",
          "two", "second",
          "three", "third",
          "five", "fifth",
          "eight", "eighth",
          "nine", "ninth",
          "twelve", "twelfth");

  private Numbers() {}

  /// @param number 0 to 10^15 - 1; another is left in digits
  static String cardinal(long number) {
    if (number < 0) {
      return String.valueOf(number);
    }
    if (number < 1000) {
      return hundreds((int) number);
    }
    StringBuilder words = new StringBuilder();
    int group = 0;
    for (long rest = number; rest > 0; rest /= 1000, group++) {
      int part = (int) (rest % 1000);
      if (part > 0) {
        words.insert(0, hundreds(part) + GROUPS.get(group) + (words.isEmpty() ? "" : " "));
      }
    }
    return words.toString();
  }

  static String ordinal(long number) {
    String cardinal = cardinal(number);
    int last = Math.max(cardinal.lastIndexOf(' '), cardinal.lastIndexOf('-')) + 1;
    String word = cardinal.substring(last);
    String ordinal =
        ORDINALS.getOrDefault(
            word, word.endsWith("y") ? word.substring(0, word.length() - 1) + "ieth" : word + "th");
    return cardinal.substring(0, last) + ordinal;
  }

  /// 1999: nineteen ninety-nine; 2005: two thousand five; 2026: twenty twenty-six.
  static String year(int year) {
    int first = year / 100;
    int second = year % 100;
    if (year < 1100 || year > 2999 || (first % 10 == 0 && second < 10)) {
      return cardinal(year);
    }
    String rest =
        second == 0 ? "hundred" : second < 10 ? "oh " + cardinal(second) : cardinal(second);
    return cardinal(first) + " " + rest;
  }

  /// One by one.
  static String digits(String digits) {
    return digits
        .chars()
        .mapToObj(c -> SMALL.get(Character.digit(c, 10)))
        .collect(Collectors.joining(" "));
  }

  private static String hundreds(int number) {
    if (number < 20) {
      return SMALL.get(number);
    }
    if (number < 100) {
      return TENS.get(number / 10) + (number % 10 == 0 ? "" : "-" + SMALL.get(number % 10));
    }
    return SMALL.get(number / 100)
        + " hundred"
        + (number % 100 == 0 ? "" : " " + hundreds(number % 100));
  }
}
