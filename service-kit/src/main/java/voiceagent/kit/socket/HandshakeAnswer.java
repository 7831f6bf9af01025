package voiceagent.kit.socket;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.FullHttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads the provider's HTTP answer to a WebSocket handshake: headers if it accepts, a
/// [ProviderException] if it refuses.
final class HandshakeAnswer extends ChannelInboundHandlerAdapter {
  /// Refusals that may go away by themselves: time-outs, rate limits, trouble on the provider's
  /// side.
  private static final Set<Integer> RETRYABLE = Set.of(408, 425, 429, 500, 502, 503, 504);

  private volatile Map<String, String> headers = Map.of();
  private @Nullable ProviderException refusal;

  Map<String, String> headers() {
    return headers;
  }

  Optional<ProviderException> refusal() {
    return Optional.ofNullable(refusal);
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (!(message instanceof FullHttpResponse response)) {
      context.fireChannelRead(message);
      return;
    }
    Map<String, String> read = new HashMap<>();
    response.headers().forEach(h -> read.put(h.getKey().toLowerCase(Locale.ROOT), h.getValue()));
    headers = Map.copyOf(read);
    int status = response.status().code();
    if (status == 101) {
      context.fireChannelRead(message);
      return;
    }
    String body = response.content().toString(StandardCharsets.UTF_8);
    response.release();
    refusal =
        new ProviderException(
            "refused with " + status + ": " + body.substring(0, Math.min(500, body.length())),
            RETRYABLE.contains(status),
            status,
            headers);
    var _ = context.close();
  }
}
