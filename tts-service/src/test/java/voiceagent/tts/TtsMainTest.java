package voiceagent.tts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import voiceagent.kit.config.Settings;
import voiceagent.kit.config.SettingsException;
import voiceagent.kit.service.Stage;

class TtsMainTest {
  private static final Map<String, String> RIGHT =
      Map.of(
          "TTS_PORT", "0",
          "TTS_ADMIN_PORT", "0",
          "BIND_ADDRESS", "127.0.0.1",
          "CARTESIA_API_KEY", "key-that-nobody-may-see",
          "CARTESIA_VOICE_ID", "voice");

  @Test
  void theStageStartsWithAKeyAndAVoice() {
    try (Stage stage = TtsMain.start(Settings.of(TtsMain.class, RIGHT))) {
      assertThat(stage.port()).isPositive();
      assertThat(stage.adminPort()).isPositive();
    }
  }

  @Test
  void theLocalVoiceNeedsNoKey() {
    Map<String, String> local = new HashMap<>(RIGHT);
    local.keySet().removeIf(k -> k.startsWith("CARTESIA"));
    local.put("TTS_PROVIDER", "local");
    try (Stage stage = TtsMain.start(Settings.of(TtsMain.class, local))) {
      assertThat(stage.port()).isPositive();
    }
  }

  @Test
  void allMistakesAreToldAtOnceAndNoKey() {
    Map<String, String> wrong = new HashMap<>(RIGHT);
    wrong.remove("CARTESIA_VOICE_ID");
    wrong.put("CARTESIA_URL", "https://api.cartesia.ai");
    wrong.put("CARTESIA_ENCODING", "mp3");
    wrong.put("TTS_PROVIDER", "loud");
    wrong.put("TTS_PORT", "70000");
    wrong.put("MAX_SESSIONS", "0");
    assertThatThrownBy(() -> TtsMain.start(Settings.of(TtsMain.class, wrong)))
        .isInstanceOfSatisfying(
            SettingsException.class,
            e ->
                assertThat(e.problems())
                    .hasSize(6)
                    .anyMatch(p -> p.startsWith("CARTESIA_VOICE_ID is not set"))
                    .anyMatch(p -> p.contains("CARTESIA_URL is https://api.cartesia.ai"))
                    .anyMatch(p -> p.contains("CARTESIA_ENCODING is mp3"))
                    .anyMatch(p -> p.contains("TTS_PROVIDER is loud"))
                    .anyMatch(p -> p.contains("TTS_PORT is 70000"))
                    .anyMatch(p -> p.contains("MAX_SESSIONS is 0")))
        .hasMessageNotContaining("nobody");
  }
}
