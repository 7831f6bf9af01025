package voiceagent.sim.server;

/// Told what a WebSocket client sends; on the connection's event loop, must not block.
public interface PeerListener {
  void text(String message);

  void binary(byte[] message);

  /// Once, when the connection is gone, whoever ended it.
  ///
  /// @param code of the close frame; 1006 without one
  void closed(int code);
}
