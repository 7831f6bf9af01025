package voiceagent.tts.cartesia;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import voiceagent.kit.config.Settings;
import voiceagent.kit.grpc.EventLoops;
import voiceagent.kit.service.SmokeResult;
import voiceagent.kit.socket.ProviderException;
import voiceagent.tts.synthesize.VoiceChoice;

/// Whether Cartesia would speak in calls: has one word spoken, by the voice that is set.
public final class CartesiaSmoke {
  private static final String CARTESIA = "Cartesia";
  private static final long SECONDS = 10;

  private CartesiaSmoke() {}

  /// Blocks for 10 s at most.
  ///
  /// @throws voiceagent.kit.config.SettingsException with all mistakes in Cartesia's settings
  public static SmokeResult ask(Settings settings) {
    CartesiaConfig config = CartesiaConfig.from(settings);
    settings.check();
    CompletableFuture<SmokeResult> result = new CompletableFuture<>();
    try (EventLoops loops = new EventLoops(1)) {
      CartesiaSocket socket =
          CartesiaSocket.open(loops.current(), config, new Word(config, result));
      SmokeResult found = result.get(SECONDS, TimeUnit.SECONDS);
      loops.current().execute(socket::close);
      return found;
    } catch (TimeoutException | ExecutionException e) {
      return SmokeResult.bad(
          CARTESIA, "took the connection and then said nothing for " + SECONDS + " s; ask again");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return SmokeResult.bad(CARTESIA, "was not asked to the end");
    }
  }

  private record Word(CartesiaConfig config, CompletableFuture<SmokeResult> result)
      implements CartesiaSocket.Listener {
    @Override
    public void opened(CartesiaSocket socket) {
      socket.send(
          new CartesiaCodec(config)
              .input("smoke", new VoiceChoice("", "", 0, ""), "Hello.", false));
    }

    @Override
    public void refused(CartesiaSocket socket, ProviderException why) {
      result.complete(SmokeResult.refused(CARTESIA, why));
    }

    @Override
    public void received(CartesiaSocket socket, CartesiaMessage message) {
      switch (message) {
        case CartesiaMessage.Chunk _ ->
            result.complete(
                SmokeResult.good(
                    CARTESIA,
                    "The key is good and the voice speaks, with " + config.model() + "."));
        case CartesiaMessage.Failure failure -> result.complete(failed(failure));
        case CartesiaMessage.Words _,
            CartesiaMessage.FlushDone _,
            CartesiaMessage.Done _,
            CartesiaMessage.Unknown _ -> {}
      }
    }

    @Override
    public void closed(CartesiaSocket socket, int code, String reason) {
      result.complete(SmokeResult.refused(CARTESIA, 400, "close " + code + " " + reason));
    }

    private SmokeResult failed(CartesiaMessage.Failure failure) {
      return failure.describe().toLowerCase(java.util.Locale.ROOT).contains("voice")
          ? SmokeResult.bad(
              CARTESIA,
              "does not know the voice. Copy CARTESIA_VOICE_ID again from its playground; a voice"
                  + " of your own is known to your account only. It said: "
                  + failure.describe())
          : SmokeResult.refused(CARTESIA, failure.status(), failure.describe());
    }
  }
}
