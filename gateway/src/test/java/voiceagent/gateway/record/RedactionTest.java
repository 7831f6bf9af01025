package voiceagent.gateway.record;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import voiceagent.gateway.record.Redaction.Kind;

class RedactionTest {
  private static final Redaction ALL = new Redaction(EnumSet.allOf(Kind.class));

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          My number is 415-772-9086. | My number is [digits].
          four one five seven seven two | [digits]
          It is 12 people on the 3rd. | It is 12 people on the 3rd.
          Two of us, one child. | Two of us, one child.
          Card 4111 1111 1111 1111 please | Card [card] please
          four one one one one one one one one one one one one one one one | [card]
          Card 4111 1111 1111 1112 please | Card [digits] please
          Write to anna.b@example.com now. | Write to [email] now.
          it is jordan at example dot com | it is [email]
          We meet at nine. | We meet at nine.
          """)
  void takesOutWhatIsWrittenOrSpelled(String text, String kept) {
    assertThat(ALL.of(text)).isEqualTo(kept);
  }

  @Test
  void takesOutOnlyWhatIsAsked() {
    String text = "Card 4111111111111111, number 4157729086, a@example.com.";
    assertThat(new Redaction(Set.of()).of(text)).isEqualTo(text);
    assertThat(new Redaction(Set.of(Kind.CARD)).of(text))
        .isEqualTo("Card [card], number 4157729086, a@example.com.");
    assertThat(new Redaction(Set.of(Kind.EMAIL)).of(text)).endsWith("number 4157729086, [email].");
  }

  @Test
  void looksIntoDocuments() throws Exception {
    var document =
        new ObjectMapper().readTree("{\"a\":[{\"phone\":4157729086,\"n\":4}],\"b\":null}");
    assertThat(ALL.of(document).toString())
        .isEqualTo("{\"a\":[{\"phone\":\"[digits]\",\"n\":4}],\"b\":null}");
  }
}
