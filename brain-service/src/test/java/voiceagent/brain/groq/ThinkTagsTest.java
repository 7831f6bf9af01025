package voiceagent.brain.groq;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ThinkTagsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "<think>The user asks.</think>Yes.|Yes.",
        "Yes <3, <thin> and 1 < 2.|Yes <3, <thin> and 1 < 2.",
        "A<<think>b</thin</think>C|A<C",
        "Yes.<think>never closed|Yes.",
        "Yes.<thi|Yes.<thi"
      })
  void whatIsThoughtIsNeverSpoken_3(String text, String spoken) {
    for (int seed = 0; seed < 50; seed++) {
      Random random = new Random(seed);
      ThinkTags tags = new ThinkTags();
      StringBuilder out = new StringBuilder();
      int from = 0;
      while (from < text.length()) {
        int to = Math.min(text.length(), from + 1 + random.nextInt(4));
        out.append(tags.push(text.substring(from, to)));
        from = to;
      }
      assertThat(out.append(tags.end()).toString()).as("seed %d", seed).isEqualTo(spoken);
    }
  }
}
