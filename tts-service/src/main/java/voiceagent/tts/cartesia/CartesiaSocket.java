package voiceagent.tts.cartesia;

import io.netty.channel.EventLoop;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import voiceagent.kit.socket.ProviderException;
import voiceagent.kit.socket.ProviderSocket;

/// One socket to Cartesia. On its event loop.
final class CartesiaSocket implements ProviderSocket.Listener {
  private static final int GOODBYE = 1000;

  /// Told on the loop.
  interface Listener {
    void opened(CartesiaSocket socket);

    void refused(CartesiaSocket socket, ProviderException why);

    void received(CartesiaSocket socket, CartesiaMessage message);

    /// Once, after `opened`.
    ///
    /// @param code of the close frame, or 1006
    void closed(CartesiaSocket socket, int code, String reason);
  }

  private final Listener listener;
  private @Nullable ProviderSocket socket;
  private boolean unwanted;
  private long lastRequest;

  private CartesiaSocket(Listener listener) {
    this.listener = listener;
  }

  /// Connects; tells `opened` or `refused` within 5 s, never before it returns.
  static CartesiaSocket open(EventLoop loop, CartesiaConfig config, Listener listener) {
    CartesiaSocket socket = new CartesiaSocket(listener);
    var _ =
        ProviderSocket.open(
                loop,
                config.socket(),
                Map.of(
                    "X-API-Key", config.key().reveal(), "Cartesia-Version", CartesiaCodec.VERSION),
                socket)
            .whenComplete((opened, error) -> loop.execute(() -> socket.settled(opened, error)));
    return socket;
  }

  private void settled(@Nullable ProviderSocket opened, @Nullable Throwable error) {
    if (opened == null) {
      Throwable cause =
          error instanceof CompletionException && error.getCause() != null
              ? error.getCause()
              : error;
      listener.refused(
          this,
          cause instanceof ProviderException refusal
              ? refusal
              : ProviderException.unreachable(String.valueOf(cause)));
    } else if (unwanted) {
      opened.close(GOODBYE, "");
    } else if (!opened.isOpen()) {
      listener.refused(this, ProviderException.unreachable("closed at once"));
    } else {
      socket = opened;
      lastRequest = System.nanoTime();
      listener.opened(this);
    }
  }

  /// @return false if the socket can not take it: it is as good as lost
  boolean send(String message) {
    lastRequest = System.nanoTime();
    return socket != null && socket.text(message);
  }

  boolean isOpen() {
    return socket != null && socket.isOpen();
  }

  /// When the last request went out, or the socket was opened, by `System.nanoTime`.
  long lastRequest() {
    return lastRequest;
  }

  /// Cartesia's name for this connection; empty if it gave none.
  String requestId() {
    return socket == null ? "" : socket.header("x-request-id");
  }

  /// Says goodbye, now or once the connection is there.
  void close() {
    unwanted = true;
    if (socket != null) {
      socket.close(GOODBYE, "");
    }
  }

  /// Ends it without a word.
  void abort() {
    unwanted = true;
    if (socket != null) {
      socket.abort("replaced");
    }
  }

  @Override
  public void text(String message) {
    listener.received(this, CartesiaCodec.decode(message));
  }

  @Override
  public void closed(int code, String reason) {
    if (socket != null) {
      listener.closed(this, code, reason);
    }
  }
}
