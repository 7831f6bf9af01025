package voiceagent.stt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import voiceagent.kit.config.Settings;
import voiceagent.kit.config.SettingsException;
import voiceagent.sim.speech.Recordings;
import voiceagent.v1.CallerAudio;
import voiceagent.v1.Failed;
import voiceagent.v1.FailureClass;
import voiceagent.v1.OpenTranscription;
import voiceagent.v1.TranscribeRequest;
import voiceagent.v1.TranscribeResponse;
import voiceagent.v1.UpdateTranscription;

/// The contract's rules of a stream, and the settings.
class StreamTest {
  private final SttStack stack = new SttStack(Map.of("MAX_SESSIONS", "2"));

  @AfterEach
  void close() {
    stack.close();
  }

  private static TranscribeRequest.Builder audio(long offset, int bytes) {
    return TranscribeRequest.newBuilder()
        .setAudio(
            CallerAudio.newBuilder()
                .setOffsetSamples(offset)
                .setAudio(ByteString.copyFrom(new byte[bytes])));
  }

  @Test
  void aFullStageSaysSoAtOnceAndHasAPlaceAgainAfterAHangUp() throws Exception {
    TestCall first = stack.connectedCall();
    TestCall second = stack.connectedCall();
    assertThat(TestCall.open(stack.channel()).ended().getCode())
        .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    first.close();
    first.ended();
    second.cancel();
    Await.until(
        "a place",
        () -> {
          TestCall next = TestCall.open(stack.channel());
          Await.until(
              "an answer", () -> next.hasEnded() || next.has(TranscribeResponse::hasOpened));
          return next.has(TranscribeResponse::hasOpened);
        });
  }

  @Test
  void openedComesBeforeTheProviderIsThere() {
    stack.deepgram().delayHandshakes(Duration.ofSeconds(5));
    TestCall call = TestCall.open(stack.channel());
    TranscribeResponse opened = call.await("opened", TranscribeResponse::hasOpened);
    assertThat(opened.getOpened().getContractVersion()).isEqualTo(1);
    assertThat(opened.getOpened().getReplica()).isNotEmpty();
    assertThat(stack.count("connected")).isZero();
  }

  @Test
  void whileDeepgramIsAwayTheStageShowsThatItLives() {
    stack.deepgram().delayHandshakes(Duration.ofSeconds(5));
    TestCall call = TestCall.open(stack.channel());
    call.silence(3000);
    Await.until(
        "a sign each half second",
        () -> call.told().stream().filter(TranscribeResponse::hasConfirmed).count() == 6);
    assertThat(call.has(r -> r.hasConfirmed() && r.getConfirmed().getOffsetSamples() > 0))
        .isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "320, 160, 'audio begins at sample 320, expected 160: a gap'",
    "0, 160, 'audio begins at sample 0, expected 160: a repetition'",
  })
  void aGapOrARepetitionIsToldAndEndsTheStream(long offset, int bytes, String detail)
      throws Exception {
    TestCall call = stack.connectedCall();
    call.send(audio(0, 160));
    call.send(audio(offset, bytes));
    Failed failed = call.await("failed", TranscribeResponse::hasFailed).getFailed();
    assertThat(failed.getDetail()).isEqualTo(detail);
    assertThat(failed.getProvider()).isEqualTo("stage");
    assertThat(failed.getFailureClass()).isEqualTo(FailureClass.FAILURE_CLASS_TRANSIENT);
    assertThat(call.ended().getCode()).isEqualTo(Status.Code.OK);
    Await.until("the provider is let go", () -> stack.deepgram().connections() == 0);
  }

  @Test
  void whatBreaksTheContractIsRefusedWithAReason() throws Exception {
    TestCall early = new TestCall(stack.channel());
    early.send(audio(0, 160));
    assertThat(refusal(early)).isEqualTo("audio came before open");

    TestCall twice = stack.connectedCall();
    twice.open(OpenTranscription.newBuilder());
    assertThat(refusal(twice)).isEqualTo("open came twice");

    TestCall large = stack.connectedCall();
    large.send(audio(0, 8001));
    assertThat(refusal(large)).isEqualTo("audio has 8001 bytes, expected 1 to 8000");

    TestCall empty = stack.connectedCall();
    empty.send(audio(0, 0));
    assertThat(refusal(empty)).isEqualTo("audio has 0 bytes, expected 1 to 8000");

    TestCall negative = new TestCall(stack.channel());
    negative.open(OpenTranscription.newBuilder().setResumeFromSamples(-1));
    assertThat(refusal(negative)).isEqualTo("resume_from_samples is -1, expected 0 or more");

    TestCall slow = stack.connectedCall();
    slow.update(UpdateTranscription.newBuilder().setEndpointingMs(60_000));
    assertThat(refusal(slow)).isEqualTo("endpointing_ms is 60000, expected 0 to 5000");
    Await.until("all is let go", () -> stack.deepgram().connections() == 0);
  }

  private static String refusal(TestCall call) throws Exception {
    String detail = call.await("failed", TranscribeResponse::hasFailed).getFailed().getDetail();
    assertThat(call.ended().getCode()).isEqualTo(Status.Code.OK);
    return detail;
  }

  @Test
  void aDrainIsToldToLiveCallsWhichMayFinish() throws Exception {
    TestCall call = stack.connectedCall();
    Thread drain = Thread.ofVirtual().start(() -> stack.stage().drain(Duration.ofSeconds(15)));
    TranscribeResponse draining = call.await("draining", TranscribeResponse::hasDraining);
    assertThat(draining.getDraining().getDeadlineMs()).isEqualTo(15_000);
    call.audio(Recordings.load().get("stop").mulaw());
    call.silenceUntil("a turn", c -> !c.turns().isEmpty());
    call.close();
    assertThat(call.ended().getCode()).isEqualTo(Status.Code.OK);
    assertThat(drain.join(Duration.ofSeconds(10))).isTrue();
  }

  @Test
  void whatIsMeasuredIsThere() throws IOException, InterruptedException {
    TestCall call = stack.connectedCall();
    call.silence(3000);
    Await.until("audio arrives", () -> call.has(TranscribeResponse::hasConfirmed));
    try (HttpClient client = HttpClient.newHttpClient()) {
      String metrics =
          client
              .send(
                  HttpRequest.newBuilder(
                          URI.create("http://127.0.0.1:" + stack.stage().adminPort() + "/metrics"))
                      .timeout(Duration.ofSeconds(5))
                      .build(),
                  HttpResponse.BodyHandlers.ofString())
              .body();
      assertThat(metrics)
          .contains("voiceagent_provider_connect_seconds_bucket")
          .contains("voiceagent_stt_audio_seconds_total")
          .contains("voiceagent_stage_sessions{");
    }
  }

  @Test
  void allWrongSettingsAreToldAtOnce() {
    Map<String, String> wrong =
        Map.of(
            "STT_PORT", "0",
            "STT_ADMIN_PORT", "0",
            "DEEPGRAM_EOT_THRESHOLD", "0.4",
            "DEEPGRAM_EAGER_EOT_THRESHOLD", "0.8",
            "DEEPGRAM_ENDPOINTING_MS", "soon",
            "DEEPGRAM_UTTERANCE_END_MS", "999",
            "DEEPGRAM_URL", "https://api.deepgram.com",
            "MAX_SESSIONS", "0");
    assertThatThrownBy(() -> SttMain.start(Settings.of(SttMain.class, wrong)).close())
        .isInstanceOfSatisfying(
            SettingsException.class,
            e ->
                assertThat(e.problems())
                    .containsExactlyInAnyOrder(
                        "MAX_SESSIONS is 0, expected a whole number from 1 to 100000 (preset 200)",
                        "DEEPGRAM_EOT_THRESHOLD is 0.4, expected a number from 0.5 to 1.0 (preset"
                            + " 0.7)",
                        "DEEPGRAM_EAGER_EOT_THRESHOLD is 0.8, expected DEEPGRAM_EOT_THRESHOLD at"
                            + " most, which is 0.5",
                        "DEEPGRAM_URL is https://api.deepgram.com, expected a URL that begins with"
                            + " ws:// or wss:// (preset wss://api.deepgram.com)",
                        "DEEPGRAM_API_KEY is not set, expected a value",
                        "DEEPGRAM_ENDPOINTING_MS is soon, expected a whole number from 10 to 5000"
                            + " (preset 300)",
                        "DEEPGRAM_UTTERANCE_END_MS is 999, expected a whole number from 1000 to"
                            + " 5000 (preset 1000)"));
  }

  @Test
  void theLocalRecogniserNeedsAModelAndSaysWhereItLooks() {
    Map<String, String> wrong =
        Map.of(
            "STT_PORT", "0",
            "STT_ADMIN_PORT", "0",
            "STT_PROVIDER", "local",
            "LOCAL_STT_MODEL", "/nonexistent");
    assertThatThrownBy(() -> SttMain.start(Settings.of(SttMain.class, wrong)).close())
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining(
            "LOCAL_STT_MODEL is /nonexistent, expected the folder of a Vosk model")
        .hasMessageContaining("vosk/assets/model-en-us beside stt-service.jar");
  }
}
