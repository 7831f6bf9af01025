package voiceagent.gateway.twilio;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.socket.SocketContext;
import io.helidon.websocket.WsSession;
import java.util.function.Consumer;

/// A WebSocket to nobody.
///
/// @param sent told each text message
record NoSession(Consumer<String> sent) implements WsSession {
  @Override
  public WsSession send(String text, boolean last) {
    sent.accept(text);
    return this;
  }

  @Override
  public WsSession send(BufferData bytes, boolean last) {
    return this;
  }

  @Override
  public WsSession ping(BufferData bytes) {
    return this;
  }

  @Override
  public WsSession pong(BufferData bytes) {
    return this;
  }

  @Override
  public WsSession close(int code, String reason) {
    return this;
  }

  @Override
  public WsSession terminate() {
    return this;
  }

  @Override
  public SocketContext socketContext() {
    throw new UnsupportedOperationException("there is no socket");
  }
}
