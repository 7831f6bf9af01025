package voiceagent.stt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Status;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import voiceagent.kit.config.Settings;
import voiceagent.kit.config.SettingsException;
import voiceagent.sim.deepgram.DeepgramSimulator;
import voiceagent.sim.speech.Recordings;
import voiceagent.sim.speech.Utterance;
import voiceagent.v1.FailureClass;
import voiceagent.v1.OpenTranscription;
import voiceagent.v1.TranscribeResponse;

/// The client's side of Deepgram's conformance list, line by line. Lines 6 to 9 and 11 are tests of
/// `TurnAssemblyTest`, 10 of `DeepgramCodecTest`, 15 to 17 of `FluxTest`, by the same suffix; the
/// simulator's test of this name holds the provider's side, 18 to 24.
class ConformanceTest {
  private static final Recordings RECORDINGS = Recordings.load();

  private static SttStack stack(String model) {
    return new SttStack(Map.of("DEEPGRAM_MODEL", model));
  }

  @ParameterizedTest
  @ValueSource(strings = {"nova-3", "flux-general-en"})
  void theKeyGoesInTheHeaderOnlyAndIsNeverLogged_C1(String model) throws Exception {
    try (LogLines log = new LogLines();
        SttStack stack = stack(model)) {
      TestCall call = stack.connectedCall();
      assertThat(stack.deepgram().lastQuery())
          .contains("encoding=mulaw", "sample_rate=8000")
          .noneMatch(p -> p.contains(DeepgramSimulator.KEY));
      call.close();
      call.ended();
      stack.deepgram().rejectKeys(true);
      TestCall.open(stack.channel()).await("failed", TranscribeResponse::hasFailed);
      assertThat(log.has("401")).isTrue();
      assertThat(log.has(DeepgramSimulator.KEY)).isFalse();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "DEEPGRAM_UTTERANCE_END_MS, 999",
    "DEEPGRAM_UTTERANCE_END_MS, 5001",
    "DEEPGRAM_EOT_THRESHOLD, 1.1",
    "DEEPGRAM_EOT_THRESHOLD, 0.49",
    "DEEPGRAM_EAGER_EOT_THRESHOLD, 0.29",
    "DEEPGRAM_EAGER_EOT_THRESHOLD, 0.8",
    "DEEPGRAM_EOT_TIMEOUT_MS, 499",
    "DEEPGRAM_EOT_TIMEOUT_MS, 60001",
  })
  void whatDeepgramWouldRefuseIsRefusedAtStart_C2(String setting, String value) {
    Map<String, String> settings = new HashMap<>();
    settings.put("STT_PORT", "0");
    settings.put("STT_ADMIN_PORT", "0");
    settings.put("DEEPGRAM_API_KEY", "key");
    settings.put(setting, value);
    assertThatThrownBy(() -> SttMain.start(Settings.of(SttMain.class, settings)).close())
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining(setting + " is " + value);
  }

  @Test
  void everyConnectionsEndIsRecordedWithRequestIdCodeAndReason_C3() throws Exception {
    try (LogLines log = new LogLines();
        SttStack stack = stack("nova-3")) {
      TestCall call = stack.connectedCall();
      String first = requestId(stack, 0);
      stack.deepgram().close(1011, "NET-0000");
      Await.until("the second", () -> stack.count("connected") == 2);
      assertThat(log.has("1011", "NET-0000", first)).isTrue();
      call.close();
      call.ended();
      Await.until("said", () -> log.has("ended with 1000", requestId(stack, 1)));
      stack.deepgram().refuseNext(1, 402);
      TranscribeResponse failed =
          TestCall.open(stack.channel()).await("failed", TranscribeResponse::hasFailed);
      String refused = failed.getFailed().getProviderRequestId();
      assertThat(refused).isNotEmpty();
      assertThat(log.has("Refused on demand.", refused)).isTrue();
    }
  }

  private static String requestId(SttStack stack, int connection) {
    return stack.seen().stream()
        .filter(e -> e.kind().equals("connected"))
        .skip(connection)
        .findFirst()
        .orElseThrow()
        .detail();
  }

  @Test
  void audioGoesInMessagesOf100MsAtMostAndNeverEmpty_C4() {
    try (SttStack stack = stack("nova-3")) {
      stack.deepgram().delayHandshakes(Duration.ofMillis(200));
      TestCall call = TestCall.open(stack.channel()).at(TestCall.REAL_TIME);
      call.audio(RECORDINGS.get("stop").mulaw());
      call.silenceUntil("the turn", c -> !c.turns().isEmpty());
      assertThat(stack.deepgram().messageSizes().firstKey()).isPositive();
      assertThat(stack.deepgram().messageSizes().lastKey()).isLessThanOrEqualTo(800);
      call.silenceUntil(
          "frames that go as they come", _ -> stack.deepgram().messageSizes().containsKey(160));
    }
  }

  @Test
  void withoutAudioThereIsASilentFrameThenKeepAlive_C5() {
    try (SttStack stack = new SttStack(Map.of(), Duration.ofMillis(100))) {
      stack.deepgram().silenceLimit(Duration.ofSeconds(1));
      TestCall call = stack.connectedCall();
      Await.until("signs of life", () -> stack.count("keep-alive") >= 5);
      assertThat(stack.deepgram().messageSizes().values()).containsExactly(1L);
      assertThat(stack.deepgram().attempts()).isEqualTo(1);
      call.close();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"nova-3", "flux-general-en"})
  void aHangUpInMidSentenceWaitsForTheLastWordsButNotForLong_C12(String model) throws Exception {
    Utterance stop = RECORDINGS.get("stop");
    byte[] said = Arrays.copyOf(stop.mulaw(), (int) stop.words().getLast().end() + 800);
    try (SttStack stack = stack(model)) {
      TestCall call = stack.connectedCall();
      call.audio(said);
      call.close();
      assertThat(call.ended().getCode()).isEqualTo(Status.Code.OK);
      assertThat(
              call.has(r ->
                  r.getFinal().getText().equals("stop please")
                      || r.getInterim().getText().equals("stop please")))
          .isTrue();
      assertThat(stack.count("close-stream")).isEqualTo(1);
      stack.deepgram().muteNext(1);
      TestCall mute = stack.connectedCall();
      mute.audio(said);
      mute.close();
      assertThat(mute.ended().getCode()).isEqualTo(Status.Code.OK);
      Await.until("let go", () -> stack.count("closed") == 2);
      assertThat(stack.between("close-stream", "closed")).isLessThan(Duration.ofSeconds(1));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "nova-3, 1011",
    "nova-3, 1001",
    "nova-3, 1006",
    "flux-general-en, 1011",
    "flux-general-en, 0",
  })
  void aConnectionThatEndsIsReplacedAndNothingOfItIsHeard_C13_L13(String model, int code) {
    Utterance stop = RECORDINGS.get("stop");
    try (SttStack stack = stack(model)) {
      TestCall call = stack.connectedCall().at(TestCall.REAL_TIME);
      call.audio(Arrays.copyOf(stop.mulaw(), 8000));
      switch (code) {
        case 0 -> stack.deepgram().halfClose();
        case 1006 -> stack.deepgram().cut();
        default -> stack.deepgram().close(code, "on demand");
      }
      call.audio(Arrays.copyOfRange(stop.mulaw(), 8000, stop.mulaw().length));
      call.silenceUntil("the turn", c -> !c.turns().isEmpty());
      assertThat(call.transcript()).isEqualTo("stop please");
      assertThat(call.has(TranscribeResponse::hasFailed)).isFalse();
      assertThat(stack.count("connected")).isEqualTo(2);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "400, 1, PERMANENT",
    "401, 1, PERMANENT",
    "402, 1, PERMANENT",
    "403, 1, PERMANENT",
    "429, 3, TRANSIENT",
    "500, 3, TRANSIENT",
    "503, 3, TRANSIENT",
  })
  void refusalsArePermanentOrRetried_C14_L15(int status, int attempts, String failure)
      throws Exception {
    try (SttStack stack = stack("nova-3")) {
      stack.deepgram().refuseNext(100, status);
      TestCall call = TestCall.open(stack.channel());
      TranscribeResponse failed = call.await("failed", TranscribeResponse::hasFailed);
      assertThat(failed.getFailed().getFailureClass())
          .isEqualTo(FailureClass.valueOf("FAILURE_CLASS_" + failure));
      assertThat(failed.getFailed().getDetail()).contains(String.valueOf(status));
      assertThat(call.ended().getCode()).isEqualTo(Status.Code.OK);
      assertThat(stack.deepgram().attempts()).isEqualTo(attempts);
    }
  }

  @Test
  void audioThatDeepgramCannotDecodeIsPermanent_C14() {
    try (SttStack stack = stack("nova-3")) {
      TestCall call = stack.connectedCall();
      stack.deepgram().close(1008, "DATA-0000");
      TranscribeResponse failed = call.await("failed", TranscribeResponse::hasFailed);
      assertThat(failed.getFailed().getFailureClass())
          .isEqualTo(FailureClass.FAILURE_CLASS_PERMANENT);
      assertThat(failed.getFailed().getDetail()).contains("1008").contains("DATA-0000");
      assertThat(stack.deepgram().attempts()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"nova-3", "flux-general-en"})
  void aSlowConnectionIsWaitedForAndNotReplaced(String model) {
    try (SttStack stack = stack(model)) {
      stack.deepgram().delayAnswers(Duration.ofMillis(1200));
      TestCall call = stack.connectedCall().at(TestCall.REAL_TIME);
      call.audio(RECORDINGS.get("greeting").mulaw());
      call.silenceUntil("the turn", c -> !c.turns().isEmpty());
      assertThat(call.transcript()).isEqualTo(RECORDINGS.get("greeting").transcript());
      assertThat(stack.count("connected")).isEqualTo(1);
    }
  }

  @Test
  void languageAndKeytermsComeFromTheCall() {
    try (SttStack stack = stack("nova-3")) {
      TestCall call =
          new TestCall(stack.channel())
              .open(
                  OpenTranscription.newBuilder()
                      .setLanguage("en-GB")
                      .addKeyterms("Acme Corp")
                      .addKeyterms("Zephyr"));
      Await.until("connected", () -> stack.count("connected") == 1);
      assertThat(stack.deepgram().lastQuery())
          .contains("language=en-GB", "keyterm=Acme Corp", "keyterm=Zephyr");
      call.close();
    }
  }
}
