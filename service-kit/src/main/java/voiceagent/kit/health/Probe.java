package voiceagent.kit.health;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/// A container's health check, for images without a shell: `Probe PORT` exits with 0 if
/// `/health/ready` on that port of this machine answers 2xx, `Probe PORT open` if the port is open.
///
/// Started every few seconds, so it needs nothing but the JDK's smallest part: a socket.
public final class Probe {
  private static final int DEADLINE_MS = 3000;

  private Probe() {}

  public static void main(String[] words) {
    if (words.length == 0 || words.length > 2 || (words.length == 2 && !words[1].equals("open"))) {
      System.err.println("Probe PORT [open]");
      System.exit(2);
    }
    System.exit(isWell(Integer.parseInt(words[0]), words.length == 2) ? 0 : 1);
  }

  /// Blocks for 3 s at most, for each of connection and answer.
  ///
  /// @param open whether an open port is enough
  static boolean isWell(int port, boolean open) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), DEADLINE_MS);
      if (open) {
        return true;
      }
      socket.setSoTimeout(DEADLINE_MS);
      socket
          .getOutputStream()
          .write(
              "GET /health/ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
      byte[] status = socket.getInputStream().readNBytes("HTTP/1.1 2".length());
      return new String(status, StandardCharsets.US_ASCII).equals("HTTP/1.1 2");
    } catch (IOException e) {
      return false;
    }
  }
}
