package voiceagent.kit.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpokenFormTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      ignoreLeadingAndTrailingWhitespace = true,
      textBlock =
          """
          It costs $45.50 today. | It costs forty-five dollars and fifty cents today.
          It costs $1. | It costs one dollar.
          About $1,250 a year. | About one thousand two hundred fifty dollars a year.
          That is €0.99. | That is ninety-nine cents.
          It made $2.50 million. | It made two point five zero million dollars.
          £20.01 each | twenty pounds and one penny each
          We open at 8:30 AM. | We open at eight thirty AM.
          We open at 9 a.m. on Monday. | We open at nine AM on Monday.
          We close at 9 p.m. | We close at nine PM.
          At 14:05 or 9:00. | At fourteen oh five or nine o'clock.
          On 2026-11-24, or 3/14/2026. | On November twenty-fourth, twenty twenty-six, or March fourteenth, twenty twenty-six.
          On 14/03/2026, or 3/12/26. | On March fourteenth, twenty twenty-six, or March twelfth, twenty-six.
          Call 555-0199. | Call five five five, zero one nine nine.
          On Nov. 3rd or December 31, 1999. | On November third or December thirty-first, nineteen ninety-nine.
          Write to anna.b@example.com. | Write to anna dot b at example dot com.
          See https://www.example.com/price-list. | See www dot example dot com slash price dash list.
          Call 415-772-9086. | Call four one five, seven seven two, nine zero eight six.
          Call (415) 772-9086. | Call four one five, seven seven two, nine zero eight six.
          Call +14157729086 now. | Call plus one four one five seven seven two nine zero eight six now.
          The 2nd, 21st and 30th. | The second, twenty-first and thirtieth.
          20% off, or 2.5 %. | twenty percent off, or two point five percent.
          Monday: 9 to 5. | Monday: nine to five.
          Open 9-5 daily. | Open nine to five daily.
          It was in 1987. | It was in nineteen eighty-seven.
          It is -5 degrees. | It is minus five degrees.
          1,234,567 people | one million two hundred thirty-four thousand five hundred sixty-seven people
          Order 20394857. | Order two zero three nine four eight five seven.
          Version 3.5.2 of it. | Version 3.5.2 of it.
          R&B, Smith & Sons, B2B | R&B, Smith and Sons, B2B
          Room 007 | Room zero zero seven
          No numbers here: none. | No numbers here: none.
          """)
  void writesOutWhatAVoiceReadsBadly(String text, String spoken) {
    assertThat(SpokenForm.of(text, "en-US")).isEqualTo(spoken);
  }

  @Test
  void leavesOtherLanguagesAndSpacesAtTheEndsAlone() {
    assertThat(SpokenForm.of("Das kostet 4,50 €.", "de")).isEqualTo("Das kostet 4,50 €.");
    assertThat(SpokenForm.of("It is 5. ", "")).isEqualTo("It is five. ");
    assertThat(SpokenForm.of("", "en")).isEmpty();
    assertThat(SpokenForm.of("999999999999999999999 or 13/45/2026 or 25:99", "en"))
        .doesNotContain("null");
  }
}
