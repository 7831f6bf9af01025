package voiceagent.kit.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsTest {
  @TempDir Path directory = Path.of("");

  @Test
  void theEnvironmentStandsOverDotEnvOverTheFileOverThePresets() throws IOException {
    Files.writeString(directory.resolve("application.yaml"), "port: 1\nplayout-lead-ms: 1\n");
    assertThat(load(Map.of()).port("PORT")).isEqualTo(1);
    Files.writeString(directory.resolve(".env"), "PORT=2\n");
    assertThat(load(Map.of()).port("PORT")).isEqualTo(2);
    assertThat(load(Map.of("PORT", "3")).port("PORT")).isEqualTo(3);
    assertThat(load(Map.of()).integer("PLAYOUT_LEAD_MS", 0, 10)).isEqualTo(1);
    assertThat(load(Map.of()).text("LOG_LEVEL")).isEqualTo("info");
  }

  @Test
  void anEmptyValueCountsAsNone() {
    assertThat(load(Map.of("PORT", " ")).port("PORT")).isEqualTo(7860);
    assertThat(load(Map.of("GROQ_API_KEY", "")).secret("GROQ_API_KEY")).isEmpty();
  }

  @Test
  void allMistakesAreToldAtOnceWithNameValueAndWhatWasExpected() {
    Settings settings =
        load(
            Map.of(
                "PORT", "99999",
                "PLAYOUT_LEAD_MS", "fast",
                "FLAG", "maybe",
                "LOG_LEVEL", "loud",
                "URL", "example.com"));
    settings.port("PORT");
    settings.millis("PLAYOUT_LEAD_MS", 20, 1000);
    settings.flag("FLAG");
    settings.choice("LOG_LEVEL", Set.of("debug", "info"));
    settings.uri("URL", Set.of("ws", "wss"));
    settings.text("CARTESIA_VOICE_ID");
    assertThatThrownBy(settings::check)
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining(
            "PORT is 99999, expected a whole number from 0 to 65535 (preset 7860)")
        .hasMessageContaining(
            "PLAYOUT_LEAD_MS is fast, expected a whole number from 20 to 1000 (preset 240)")
        .hasMessageContaining("FLAG is maybe, expected true or false (preset true)")
        .hasMessageContaining("LOG_LEVEL is loud, expected one of debug, info (preset info)")
        .hasMessageContaining("URL is example.com, expected a URL that begins with ws:// or wss://")
        .hasMessageContaining("CARTESIA_VOICE_ID is not set, expected a value");
  }

  @Test
  void goodSettingsPass() {
    Settings settings = load(Map.of("URL", "ws://127.0.0.1:9", "CARTESIA_API_KEY", "k$1${x}"));
    assertThat(settings.uri("URL", Set.of("ws", "wss"))).isEqualTo(URI.create("ws://127.0.0.1:9"));
    assertThat(settings.list("MODELS")).containsExactly("a", "b", "c");
    Secret key = settings.secret("CARTESIA_API_KEY").orElseThrow();
    assertThat(key.reveal()).isEqualTo("k$1${x}");
    assertThat(key).hasToString("(redacted)");
    settings.check();
  }

  private Settings load(Map<String, String> environment) {
    return Settings.load(SettingsTest.class, environment, directory);
  }
}
