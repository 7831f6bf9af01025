package voiceagent.sim.server;

import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;

/// What the server answers to a request.
public sealed interface Answer {
  /// A whole response. Every header is ours, the content type too.
  record Whole(int status, Map<String, String> headers, String body) implements Answer {}

  /// A response whose body is written piece by piece, such as Server-Sent Events.
  ///
  /// @param write given the way to write, on the connection's event loop
  record Streamed(int status, Map<String, String> headers, Consumer<BodyWriter> write)
      implements Answer {}

  /// 101: the connection becomes a WebSocket.
  ///
  /// @param subprotocol the one to accept; empty for none
  /// @param accept given the connection, on its event loop, before anything is read from it
  record Upgrade(
      Map<String, String> headers, String subprotocol, Function<Peer, PeerListener> accept)
      implements Answer {}

  /// The connection ends without an answer.
  record Hangup() implements Answer {}
}
