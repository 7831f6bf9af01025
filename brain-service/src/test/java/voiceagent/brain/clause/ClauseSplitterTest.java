package voiceagent.brain.clause;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ClauseSplitterTest {
  static Stream<Arguments> texts() {
    return Stream.of(
        of("", ""),
        of("Yes", "Yes"),
        of("Yes. We are open.", "Yes. ", "We are open."),
        of("Is it? It is! Good.", "Is it? ", "It is! ", "Good."),
        // a first sentence that is long is begun at its first pause
        of(
            "We can offer you two dates next week, and both are in the morning. Which one?",
            "We can offer you two dates next week, ",
            "and both are in the morning. ",
            "Which one?"),
        of(
            "Sure, we can. And, as I said, we are open.",
            "Sure, we can. ",
            "And, as I said, we are open."),
        of(
            "Here is what I found for you: a table outside.",
            "Here is what I found for you: ",
            "a table outside."),
        of(
            "That is the one I would take — it is cheaper.",
            "That is the one I would take — ",
            "it is cheaper."),
        // lists and dates have commas that are no pauses
        of(
            "You can have apples, pears, plums, and cherries today.",
            "You can have apples, pears, plums, and cherries today."),
        of(
            "That would be Thursday, November 14, 2026, at half past three.",
            "That would be Thursday, November 14, 2026, at half past three."),
        // dots that end nothing
        of(
            "Dr. Smith and Mrs. J. Jones are in. Ask them.",
            "Dr. Smith and Mrs. J. Jones are in. ",
            "Ask them."),
        of(
            "It costs 4.50 dollars, i.e. 3.80 with tax. Fine?",
            "It costs 4.50 dollars, i.e. 3.80 with tax. ",
            "Fine?"),
        of("We open at 9 a.m. on Monday. Come by.", "We open at 9 a.m. on Monday. ", "Come by."),
        of("We close at 9 p.m. Come by.", "We close at 9 p.m. ", "Come by."),
        of(
            "Write to jordan.d_x@example.co.uk. Thanks.",
            "Write to jordan.d_x@example.co.uk. ",
            "Thanks."),
        of("No. 5 is it. No. We are closed.", "No. 5 is it. ", "No. ", "We are closed."),
        of("We close at 9. Then we sleep.", "We close at 9. ", "Then we sleep."),
        of(
            "Version 3.5.2 of it... is out. Really… Yes.",
            "Version 3.5.2 of it... is out. ",
            "Really… ",
            "Yes."),
        of("He said \"Stop.\" Then he left.", "He said \"Stop.\" ", "Then he left."),
        of("はい。営業中です。", "はい。", "営業中です。"),
        // what cannot be spoken
        of("**Yes**, `we` are _open_. 😀 Great 👍🏽!", "Yes, we are open. ", "Great!"),
        of("Hi 👋, flags 🇩🇪 and ©.", "Hi, flags and."),
        of("See [our page](https://example.com/a_b) for more.", "See our page for more."),
        of(
            "# Hours\n\n- Monday: 9 to 5\n- Tuesday: closed\n\nAnything else?",
            "Hours. ",
            "Monday: 9 to 5, Tuesday: closed. ",
            "Anything else?"),
        of("1. Apples\n2. Pears\n3. Plums", "1. Apples, 2. Pears, 3. Plums"),
        of("We are\nopen  today.\n", "We are open today."),
        of("It is -5 degrees, ~3 more - a lot.", "It is -5 degrees, ~3 more - a lot."),
        of("***", ""));
  }

  private static Arguments of(String text, String... clauses) {
    return Arguments.of(text, List.of(clauses));
  }

  @ParameterizedTest
  @MethodSource("texts")
  void cutsWhereASpeakerPauses(String text, List<String> clauses) {
    assertThat(split(List.of(text))).isEqualTo(clauses);
  }

  @ParameterizedTest
  @MethodSource("texts")
  void theCutsDoNotDependOnTheTokens(String text, List<String> clauses) {
    for (int seed = 0; seed < 200; seed++) {
      assertThat(split(tokens(text, new Random(seed)))).as("seed %d", seed).isEqualTo(clauses);
    }
  }

  @Test
  void aClauseIsOutWhenTheNextWordBegins() {
    ClauseSplitter splitter = new ClauseSplitter();
    assertThat(splitter.push("Yes, we are open. ")).isEmpty();
    assertThat(splitter.push("On")).containsExactly("Yes, we are open. ");
  }

  @Test
  void aSentenceWithoutAnyPauseIsCutBetweenWords() {
    List<String> clauses = split(List.of("word ".repeat(200).strip()));
    assertThat(clauses).hasSizeGreaterThan(3).allMatch(c -> c.length() <= 250);
    assertThat(String.join("", clauses)).isEqualTo("word ".repeat(200).strip());
  }

  @Test
  void clausesPutTogetherAreTheText() {
    String alphabet = "ab Z9.,;:!?-—*_[]()<#\n😀é\"";
    int[] points = alphabet.codePoints().toArray();
    for (int seed = 0; seed < 2000; seed++) {
      Random random = new Random(seed);
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(120); i > 0; i--) {
        text.appendCodePoint(points[random.nextInt(points.length)]);
      }
      List<String> whole = split(List.of(text.toString()));
      assertThat(split(tokens(text.toString(), random))).as("seed %d", seed).isEqualTo(whole);
      String joined = String.join("", whole);
      assertThat(joined)
          .as("seed %d", seed)
          .doesNotContain("  ", "*", "[", "😀", "\n")
          .isEqualTo(joined.strip());
      assertThat(letters(joined))
          .as("seed %d", seed)
          .isEqualTo(letters(withoutLinks(text.toString())));
    }
  }

  private static String letters(String text) {
    return text.replaceAll("[^abZ9é]", "");
  }

  private static String withoutLinks(String text) {
    return text.replaceAll("\\]\\([^)\n]*[)\n]?", "");
  }

  private static List<String> split(List<String> tokens) {
    ClauseSplitter splitter = new ClauseSplitter();
    List<String> clauses = new ArrayList<>();
    tokens.forEach(t -> clauses.addAll(splitter.push(t)));
    clauses.addAll(splitter.end());
    return clauses;
  }

  private static List<String> tokens(String text, Random random) {
    List<String> tokens = new ArrayList<>();
    int from = 0;
    while (from < text.length()) {
      int to = Math.min(text.length(), from + 1 + random.nextInt(8));
      tokens.add(text.substring(from, to));
      from = to;
    }
    return tokens;
  }
}
