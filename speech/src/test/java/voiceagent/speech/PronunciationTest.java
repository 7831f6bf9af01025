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
          8:30                    |         | eight thirty                                   | ''
          9:05AM.                 |         | nine oh five A M                             | .
          7:00                    |         | seven o'clock                              | ''
          PM                      | 8:30    | P M                                    | ''
          am                      | I       | am                                     | ''
          14/03/2026              |         | March fourteenth twenty twenty six                        | ''
          2026-11-02,             |         | November second twenty twenty six                      | ,
          3/12/26                 |         | March twelfth twenty six                          | ''
          St.                     | Main    | street                                 | ''
          St.                     | at      | saint                                  | ''
          415-772-9086            |         | four one five seven seven two nine zero eight six                    | ''
          $45.50                  |         | forty five dollars and fifty cents                                 | ''
          €20                     |         | twenty euros                               | ''
          20%                     |         | twenty percent                                    | ''
          1,250                   |         | one thousand two hundred fifty                                  | ''
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
