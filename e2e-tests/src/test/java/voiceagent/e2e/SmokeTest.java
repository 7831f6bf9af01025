package voiceagent.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import voiceagent.brain.BrainMain;
import voiceagent.brain.BrainSmoke;
import voiceagent.gateway.GatewayMain;
import voiceagent.gateway.twilio.TwilioSmoke;
import voiceagent.kit.config.Settings;
import voiceagent.kit.service.SmokeResult;
import voiceagent.stt.SttMain;
import voiceagent.stt.deepgram.DeepgramSmoke;
import voiceagent.tts.TtsMain;
import voiceagent.tts.cartesia.CartesiaSmoke;

/// What `./voice-agent smoke` finds, one provider by one.
class SmokeTest {
  private static final Duration DEADLINE = Duration.ofSeconds(10);

  private record Question(
      Class<?> main, Function<Settings, SmokeResult> smoke, String key, String url) {}

  private static final Map<String, Question> QUESTIONS =
      Map.of(
          "Twilio",
          new Question(GatewayMain.class, TwilioSmoke::ask, "TWILIO_AUTH_TOKEN", "TWILIO_API_URL"),
          "Deepgram",
          new Question(SttMain.class, DeepgramSmoke::ask, "DEEPGRAM_API_KEY", "DEEPGRAM_URL"),
          "Groq",
          new Question(BrainMain.class, BrainSmoke::ask, "GROQ_API_KEY", "GROQ_BASE_URL"),
          "Cartesia",
          new Question(TtsMain.class, CartesiaSmoke::ask, "CARTESIA_API_KEY", "CARTESIA_URL"));

  private final Providers providers = new Providers();

  @AfterEach
  void close() {
    providers.close();
  }

  private SmokeResult ask(String provider, Map<String, String> changed) {
    Question question = java.util.Objects.requireNonNull(QUESTIONS.get(provider));
    Map<String, String> settings = new TreeMap<>(providers.settings());
    settings.putAll(changed);
    SmokeResult result = question.smoke().apply(Settings.of(question.main(), settings));
    assertThat(result.provider()).isEqualTo(provider);
    return result;
  }

  @Test
  void aProviderThatTakesTheKeyIsReadyForCalls() {
    for (String provider : QUESTIONS.keySet()) {
      SmokeResult result = ask(provider, Map.of());
      assertThat(result.good()).as(result.toString()).isTrue();
      assertThat(result.toString()).startsWith(provider + ": OK. ");
    }
    Await.until("no context to be left", DEADLINE, () -> providers.cartesia().openContexts() == 0);
  }

  @Test
  void aWrongKeyIsNamedByItsSettingAndNeverShown() {
    QUESTIONS.forEach((provider, question) -> {
      SmokeResult result = ask(provider, Map.of(question.key(), "a-wrong-and-secret-key"));
      assertThat(result.good()).isFalse();
      assertThat(result.toString())
          .startsWith(provider + ": FAILED. ")
          .contains(question.key())
          .doesNotContain("a-wrong-and-secret-key");
    });
  }

  @Test
  void aProviderThatCannotBeReachedIsToldFromOneThatRefuses() {
    QUESTIONS.forEach((provider, question) -> {
      String nowhere = "127.0.0.1:" + ServiceProcess.freePorts(1).getFirst();
      boolean socket = provider.equals("Deepgram") || provider.equals("Cartesia");
      SmokeResult result =
          ask(provider, Map.of(question.url(), (socket ? "ws://" : "http://") + nowhere));
      assertThat(result.good()).isFalse();
      assertThat(result.finding()).contains("cannot be reached", question.url());
    });
  }

  @Test
  void whatAProviderDoesNotKnowIsNamed() {
    assertThat(ask("Cartesia", Map.of("CARTESIA_VOICE_ID", "no-such-voice")))
        .satisfies(
            r -> assertThat(r.good()).isFalse(),
            r -> assertThat(r.finding()).contains("CARTESIA_VOICE_ID"));
    assertThat(ask("Groq", Map.of("GROQ_MODEL", "no-such", "GROQ_FALLBACK_MODELS", "nor-such")))
        .satisfies(
            r -> assertThat(r.good()).isFalse(),
            r -> assertThat(r.finding()).contains("GROQ_MODEL", "no-such"));
    assertThat(ask("Groq", Map.of("GROQ_MODEL", "no-such")))
        .satisfies(
            r -> assertThat(r.good()).isTrue(),
            r -> assertThat(r.finding()).contains("not offered any more"));
    assertThat(ask("Twilio", Map.of("TWILIO_ACCOUNT_SID", "")))
        .satisfies(
            r -> assertThat(r.good()).isFalse(),
            r -> assertThat(r.finding()).contains("TWILIO_ACCOUNT_SID is not set"));
    providers.deepgram().refuseNext(1, 402);
    assertThat(ask("Deepgram", Map.of()).finding()).contains("no credit");
  }

  @Test
  void aServiceAsksAndExitsWithItsFinding() throws Exception {
    assertThat(run(SttMain.class, providers.settings())).startsWith("0 Deepgram: OK. ");
    Map<String, String> wrong = providers.settings();
    wrong.put("DEEPGRAM_API_KEY", "wrong");
    assertThat(run(SttMain.class, wrong)).startsWith("1 Deepgram: FAILED. ");
    wrong.remove("DEEPGRAM_API_KEY");
    assertThat(run(SttMain.class, wrong))
        .startsWith("2 stt-service: FAILED. ")
        .contains("DEEPGRAM");
  }

  private static String run(Class<?> main, Map<String, String> settings)
      throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(
            List.of(
                Path.of(System.getProperty("java.home", ""), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path", "")),
                main.getName(),
                "smoke"));
    builder.environment().clear();
    builder.environment().putAll(settings);
    builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    Process process = builder.start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return process.exitValue() + " " + printed;
  }
}
