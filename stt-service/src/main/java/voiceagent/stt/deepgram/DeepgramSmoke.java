package voiceagent.stt.deepgram;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import voiceagent.kit.config.Settings;
import voiceagent.kit.grpc.EventLoops;
import voiceagent.kit.service.SmokeResult;
import voiceagent.kit.socket.ProviderException;
import voiceagent.kit.socket.ProviderSocket;
import voiceagent.stt.recognize.RecognitionRequest;

/// Whether Deepgram would hear calls: opens a stream as a call does, and ends it without audio.
public final class DeepgramSmoke {
  private static final String DEEPGRAM = "Deepgram";
  private static final long SECONDS = 10;

  private DeepgramSmoke() {}

  /// Blocks for 10 s at most.
  ///
  /// @throws voiceagent.kit.config.SettingsException with all mistakes in Deepgram's settings
  public static SmokeResult ask(Settings settings) {
    DeepgramConfig config = DeepgramConfig.from(settings);
    settings.check();
    CompletableFuture<SmokeResult> result = new CompletableFuture<>();
    try (EventLoops loops = new EventLoops(1)) {
      var _ =
          ProviderSocket.open(
                  loops.current(),
                  DeepgramUri.of(
                      config, new RecognitionRequest("smoke", "", List.of(), Duration.ZERO, 0)),
                  Map.of("Authorization", "Token " + config.key().reveal()),
                  new Answer(config, result))
              .whenComplete((socket, error) -> {
                if (error != null) {
                  result.complete(refused(error));
                } else {
                  socket.text(DeepgramCodec.CLOSE_STREAM);
                }
              });
      return result.get(SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException | ExecutionException e) {
      return SmokeResult.bad(
          DEEPGRAM, "took the connection and then said nothing for " + SECONDS + " s; ask again");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return SmokeResult.bad(DEEPGRAM, "was not asked to the end");
    }
  }

  private static SmokeResult refused(Throwable error) {
    Throwable cause = error.getCause() == null ? error : error.getCause();
    return (error instanceof ProviderException ? error : cause) instanceof ProviderException refusal
        ? SmokeResult.refused(DEEPGRAM, refusal)
        : SmokeResult.refused(DEEPGRAM, 0, String.valueOf(cause));
  }

  /// Deepgram answers the end of a stream with its metadata.
  private record Answer(DeepgramConfig config, CompletableFuture<SmokeResult> result)
      implements ProviderSocket.Listener {
    @Override
    public void text(String message) {
      result.complete(
          SmokeResult.good(
              DEEPGRAM, "The key is good and the model " + config.model() + " hears calls."));
    }

    @Override
    public void closed(int code, String reason) {
      result.complete(
          SmokeResult.refused(DEEPGRAM, code == 1000 ? 0 : 400, "close " + code + " " + reason));
    }
  }
}
