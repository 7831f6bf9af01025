package voiceagent.brain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.Map;
import org.junit.jupiter.api.Test;
import voiceagent.kit.config.Settings;
import voiceagent.kit.config.SettingsException;

class BrainMainTest {
  @Test
  void allMistakesAreToldAtOnce() {
    Settings settings =
        Settings.of(
            BrainMain.class,
            Map.of(
                "OUTLINES_ENABLED", "maybe",
                "ROUTER_ENABLED", "perhaps",
                "GROQ_BASE_URL", "api.groq.com",
                "MAX_SESSIONS", "0"));
    SettingsException refusal =
        catchThrowableOfType(SettingsException.class, () -> BrainMain.start(settings));
    assertThat(refusal.problems())
        .containsExactlyInAnyOrder(
            "MAX_SESSIONS is 0, expected a whole number from 1 to 100000 (preset 200)",
            "ROUTER_ENABLED is perhaps, expected true or false (preset true)",
            "OUTLINES_ENABLED is maybe, expected true or false (preset false)",
            "GROQ_API_KEY is not set, expected a key of console.groq.com",
            "GROQ_BASE_URL is api.groq.com, expected a URL that begins with http:// or https://"
                + " (preset https://api.groq.com/openai/v1)");
  }

  @Test
  void keysDoNotShow() {
    Settings settings = Settings.of(BrainMain.class, Map.of("GROQ_API_KEY", "gsk_secret"));
    assertThat(BrainConfig.from(settings).toString()).doesNotContain("gsk_secret");
    assertThat(BrainConfig.from(settings).models())
        .containsExactly("llama-3.1-8b-instant", "openai/gpt-oss-20b", "openai/gpt-oss-120b");
  }
}
