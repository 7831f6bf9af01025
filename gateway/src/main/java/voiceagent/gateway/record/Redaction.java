package voiceagent.gateway.record;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import voiceagent.kit.config.Settings;

/// Takes out of texts what shall not be kept, whether it is written in figures or spelled out as
/// callers speak it.
///
/// @param kinds what is taken out
public record Redaction(Set<Kind> kinds) {
  /// `REDACT`.
  public enum Kind {
    /// Three digits or more in a row.
    DIGITS,
    EMAIL,
    /// 13 to 19 digits whose check digit is right.
    CARD
  }

  private static final Map<String, Integer> DIGIT_WORDS =
      Map.ofEntries(
          Map.entry("zero", 0),
          Map.entry("oh", 0),
          Map.entry("one", 1),
          Map.entry("two", 2),
          Map.entry("three", 3),
          Map.entry("four", 4),
          Map.entry("five", 5),
          Map.entry("six", 6),
          Map.entry("seven", 7),
          Map.entry("eight", 8),
          Map.entry("nine", 9));

  private static final String DIGIT =
      "(?:\\d|\\b(?:" + String.join("|", DIGIT_WORDS.keySet()) + ")\\b)";

  /// Digits, in figures or words, with what stands between them when they are read out.
  private static final Pattern RUN =
      Pattern.compile(
          "\\+?\\(?" + DIGIT + "(?:[\\s,.()/-]{0,3}" + DIGIT + ")*", Pattern.CASE_INSENSITIVE);

  private static final Pattern ONE_DIGIT = Pattern.compile(DIGIT, Pattern.CASE_INSENSITIVE);

  private static final Pattern EMAIL =
      Pattern.compile(
          "[\\w.%+-]+@[\\w-]+(?:\\.[\\w-]+)+"
              + "|(?:[\\w%+-]+(?: (?:dot|underscore|dash) [\\w%+-]+)*) at [\\w-]+(?: dot [\\w-]+)+",
          Pattern.CASE_INSENSITIVE);

  private static final int LEAST_DIGITS = 3;

  public Redaction {
    kinds = Set.copyOf(kinds);
  }

  static Redaction from(Settings settings) {
    Set<Kind> kinds = EnumSet.noneOf(Kind.class);
    for (String word : settings.list("REDACT")) {
      if (word.equalsIgnoreCase("none")) {
        continue;
      }
      List<Kind> match =
          Arrays.stream(Kind.values()).filter(k -> k.name().equalsIgnoreCase(word)).toList();
      if (match.isEmpty()) {
        settings.problem("REDACT has " + word + ", expected some of digits, email, card, or none");
      }
      kinds.addAll(match);
    }
    return new Redaction(kinds);
  }

  /// The text without them; `[card]`, `[email]`, `[digits]` stand in their place.
  public String of(String text) {
    String kept = text;
    if (kinds.contains(Kind.EMAIL)) {
      kept = EMAIL.matcher(kept).replaceAll("[email]");
    }
    if (kinds.contains(Kind.CARD) || kinds.contains(Kind.DIGITS)) {
      kept = RUN.matcher(kept).replaceAll(m -> Matcher.quoteReplacement(run(m.group())));
    }
    return kept;
  }

  /// A document whose texts, and numbers, are without them.
  public JsonNode of(JsonNode document) {
    return switch (document.getNodeType()) {
      case OBJECT -> {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        document.propertyStream().forEach(p -> object.set(p.getKey(), of(p.getValue())));
        yield object;
      }
      case ARRAY -> {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        document.forEach(n -> array.add(of(n)));
        yield array;
      }
      case STRING -> JsonNodeFactory.instance.textNode(of(document.asText()));
      case NUMBER -> {
        String kept = of(document.asText());
        yield kept.equals(document.asText()) ? document : JsonNodeFactory.instance.textNode(kept);
      }
      case BINARY, BOOLEAN, MISSING, NULL, POJO -> document;
    };
  }

  private String run(String run) {
    StringBuilder digits = new StringBuilder();
    Matcher matcher = ONE_DIGIT.matcher(run);
    while (matcher.find()) {
      String word = matcher.group().toLowerCase(Locale.ROOT);
      digits.append(word.length() == 1 ? word : String.valueOf(DIGIT_WORDS.get(word)));
    }
    if (kinds.contains(Kind.CARD) && isCard(digits)) {
      return "[card]";
    }
    return kinds.contains(Kind.DIGITS) && digits.length() >= LEAST_DIGITS ? "[digits]" : run;
  }

  /// By the check digit (ISO/IEC 7812-1, "Luhn").
  private static boolean isCard(CharSequence digits) {
    if (digits.length() < 13 || digits.length() > 19) {
      return false;
    }
    int sum = 0;
    for (int i = 0; i < digits.length(); i++) {
      int digit = digits.charAt(digits.length() - 1 - i) - '0';
      int value = i % 2 == 0 ? digit : 2 * digit;
      sum += value > 9 ? value - 9 : value;
    }
    return sum % 10 == 0;
  }
}
