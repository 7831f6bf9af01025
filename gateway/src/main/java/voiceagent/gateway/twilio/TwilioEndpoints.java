package voiceagent.gateway.twilio;

import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.websocket.WsConfig;
import io.helidon.webserver.websocket.WsRouting;
import java.time.InstantSource;
import java.util.Optional;
import voiceagent.gateway.call.Calls;
import voiceagent.gateway.playout.Pacer;
import voiceagent.kit.time.Timers;

/// Twilio's way into the gateway: webhooks and media streams.
public final class TwilioEndpoints implements AutoCloseable {
  private final TwilioParts parts;
  private final Optional<TwilioRest> rest;

  public TwilioEndpoints(TwilioConfig config, Calls calls, Timers timers) {
    this(config, calls, timers, InstantSource.system());
  }

  /// @param clock by which tokens expire
  TwilioEndpoints(TwilioConfig config, Calls calls, Timers timers, InstantSource clock) {
    rest = TwilioRest.of(config);
    parts =
        new TwilioParts(
            config,
            new TwilioSignature(config),
            new StreamToken(config.authTokens(), clock),
            calls,
            new TwilioMeters(),
            new SocketWatchdog(timers),
            timers);
  }

  /// `/incoming-call` and what follows from it, `/call-status`, `/calls`.
  public void webhooks(HttpRouting.Builder http) {
    http.register(
        "/",
        new VoiceWebhook(parts),
        new CallStatusWebhook(parts, rest),
        new CallsApi(parts, rest));
  }

  /// `/ws`.
  public WsRouting.Builder streams() {
    return WsRouting.builder().endpoint("/ws", () -> new TwilioSocket(parts));
  }

  /// Goes through what a call needs once, for nobody, so that the first caller does not wait for
  /// it.
  public static void rehearse(Pacer pacer) {
    Rehearsal.run(pacer);
  }

  /// Bounds what a stream may send.
  public static WsConfig protocol() {
    return WsConfig.builder().maxFrameLength(TwilioSocket.MAX_MESSAGE).build();
  }

  @Override
  public void close() {
    parts.watchdog().close();
  }
}
