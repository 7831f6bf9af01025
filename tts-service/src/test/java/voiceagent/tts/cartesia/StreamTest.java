package voiceagent.tts.cartesia;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static voiceagent.tts.cartesia.TestStage.assertSame;
import static voiceagent.tts.cartesia.TestStage.await;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import voiceagent.v1.RenderRequest;
import voiceagent.v1.Voice;

/// The stream's own rules.
class StreamTest {
  private TestStage stage = new TestStage(Patience.PRESET, Map.of("MAX_SESSIONS", "1"));

  @AfterEach
  void close() {
    stage.close();
  }

  private static Status.Code endOf(TestCall call) throws Exception {
    return call.ended.get(20, TimeUnit.SECONDS).getCode();
  }

  @Test
  void aFullStageRefusesAndAPlaceThatIsFreeIsGivenAgain() throws Exception {
    TestCall first = stage.call();
    assertThat(endOf(new TestCall(stage.stub()))).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    first.hangUp();
    assertThat(endOf(first)).isEqualTo(Status.Code.OK);
    TestCall second = stage.call();
    second.speakAll(1, "Hello.");
    assertSame(second.hear(1).audio(), stage.audio("Hello."));
  }

  @Test
  void aClientThatIsGoneLeavesNothingBehind() throws Exception {
    TestCall call = stage.call();
    call.speak(1, 0, "Nobody hears this to the end, for the caller is gone. ", false);
    call.vanish();
    await("no socket", () -> stage.cartesia.openSockets() == 0);
    await("no context", () -> stage.cartesia.openContexts() == 0);
    stage.call().hangUp();
  }

  @Test
  void theFirstMessageIsOpenAndOnlyTheFirst() throws Exception {
    TestCall early = new TestCall(stage.stub());
    early.speakAll(1, "Too early.");
    assertThat(endOf(early)).isEqualTo(Status.Code.INVALID_ARGUMENT);
    TestCall twice = stage.call();
    twice.sendOpen(Voice.getDefaultInstance());
    assertThat(endOf(twice)).isEqualTo(Status.Code.INVALID_ARGUMENT);
  }

  @Test
  void aSpeedThatNoVoiceHasIsRefused() throws Exception {
    TestCall call = new TestCall(stage.stub());
    call.sendOpen(Voice.newBuilder().setSpeed(3).build());
    Status status = call.ended.get(20, TimeUnit.SECONDS);
    assertThat(status.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(status.getDescription()).contains("speed is 3.0, expected 0.6 to 1.5");
  }

  @Test
  void aDrainingStageSaysSoAndLetsTheCallGoOn() throws Exception {
    TestCall call = stage.call();
    var drained = CompletableFuture.runAsync(() -> stage.stage().drain(Duration.ofSeconds(20)));
    assertThat(call.next().getDraining().getDeadlineMs()).isEqualTo(20_000);
    call.speakAll(1, "Still here.");
    assertSame(call.hear(1).audio(), stage.audio("Still here."));
    call.hangUp();
    drained.get(20, TimeUnit.SECONDS);
  }

  @Test
  void aClipThatCanNotBeMadeIsRefusedWithItsReason() {
    assertThatThrownBy(
            () -> stage.blocking().render(RenderRequest.newBuilder().setText(" ").build()))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT));
    Voice nobody = Voice.newBuilder().setVoice("nobody").build();
    assertThatThrownBy(() ->
            stage
                .blocking()
                .render(RenderRequest.newBuilder().setText("Hello.").setVoice(nobody).build()))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION))
        .hasMessageContaining("voice_not_found");
  }

  @Test
  void figuresAreServed() throws Exception {
    TestCall call = stage.call();
    call.speakAll(1, "Hello.");
    call.hear(1);
    try (HttpClient client = HttpClient.newHttpClient()) {
      URI metrics = URI.create("http://127.0.0.1:" + stage.stage().adminPort() + "/metrics");
      String text =
          client.send(HttpRequest.newBuilder(metrics).build(), BodyHandlers.ofString()).body();
      assertThat(text)
          .contains(
              "voiceagent_tts_characters",
              "voiceagent_tts_audio_seconds",
              "voiceagent_tts_first_audio_seconds_bucket",
              "voiceagent_tts_contexts",
              "voiceagent_stage_sessions");
    }
  }
}
