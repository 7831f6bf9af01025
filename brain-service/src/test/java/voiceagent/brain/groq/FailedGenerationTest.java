package voiceagent.brain.groq;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FailedGenerationTest {
  private static final Set<String> TOOLS = Set.of("opening_hours");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<function=opening_hours>{\"day\": \"sunday\"}</function>",
        "<function=opening_hours{\"day\":\"sunday\"}</function>",
        "<opening_hours>{\"day\":\"sunday\"}",
        "{\"name\":\"opening_hours\",\"arguments\":{\"day\":\"sunday\"}}",
        "[{\"name\":\"opening_hours\",\"parameters\":{\"day\":\"sunday\"}}]",
        "{\"name\":\"opening_hours\",\"arguments\":\"{\\\"day\\\":\\\"sunday\\\"}\"}"
      })
  void findsTheCallThatWasMeant_L19(String generation) {
    var call = FailedGeneration.call(generation, TOOLS).orElseThrow();
    assertThat(call.name()).isEqualTo("opening_hours");
    assertThat(call.arguments()).isEqualTo("{\"day\":\"sunday\"}");
    assertThat(call.toString()).doesNotContain("sunday");
  }

  @Test
  void guessesNothing() {
    assertThat(FailedGeneration.call("<opening_hours>{\"day\": sunday", TOOLS)).isEmpty();
    assertThat(FailedGeneration.call("<dance>{\"day\": \"sunday\"}", TOOLS)).isEmpty();
    assertThat(FailedGeneration.call("I will look it up.", TOOLS)).isEmpty();
    assertThat(FailedGeneration.call("", TOOLS)).isEmpty();
  }
}
