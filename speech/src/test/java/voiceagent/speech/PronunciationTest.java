package voiceagent.speech;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PronunciationTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          okay,                   |         | okay                                   | ,
          that.                   |         | that                                   | .
          (yes)?                  |         | yes                                    | ?
          Dr.                     |         | Dr                                     | ''
          8:30                    |         | 8 30                                   | ''
          9:05AM.                 |         | 9 oh 5 A m                             | .
          7:00                    |         | 7 o'clock                              | ''
          PM                      | 8:30    | P M                                    | ''
          am                      | I       | am                                     | ''
          14/03/2026              |         | March 14th 2026                        | ''
          2026-11-02,             |         | November 2nd 2026                      | ,
          3/12/26                 |         | March 12th 26                          | ''
          St.                     | Main    | street                                 | ''
          St.                     | at      | saint                                  | ''
          415-772-9086            |         | 4 1 5 7 7 2 9 0 8 6                    | ''
          $45.50                  |         | $45.50                                 | ''
          €20                     |         | 20 euros                               | ''
          20%                     |         | 20%                                    | ''
          1,250                   |         | 1,250                                  | ''
          jo.lee7@example.com.    |         | jo dot lee 7 at example dot com        | .
          https://www.x.org/a-b   |         | www dot x dot org slash a dash b       | ''
          café                    |         | cafe                                   | ''
          and/or                  |         | and or                                 | ''
          U.S.                    |         | U S                                    | .
          ―                       |         | ''                                     | ,
          R&D                     |         | R and D                                | ''
          """)
  void writtenFormsAreSpokenAsAPersonWould(
      String written, String before, String tokens, String pause) {
    Pronunciation spoken = Pronunciation.of(written, before == null ? "" : before);
    assertThat(String.join(" ", spoken.tokens())).isEqualTo(tokens);
    assertThat(spoken.pause()).isEqualTo(pause);
  }
}
