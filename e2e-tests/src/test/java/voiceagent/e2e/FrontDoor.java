package voiceagent.e2e;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.List;

/// One address before several services, as a load balancer is: a connection goes to the first that
/// answers it.
final class FrontDoor implements AutoCloseable {
  private final ServerSocket listening;
  private final List<URI> behind;

  FrontDoor(List<URI> behind) {
    this.behind = List.copyOf(behind);
    try {
      listening = new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    var _ = Thread.ofVirtual().name("front-door").start(this::accept);
  }

  /// Before replicas of a stage.
  static FrontDoor before(List<String> ports) {
    return new FrontDoor(ports.stream().map(p -> URI.create("http://127.0.0.1:" + p)).toList());
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + listening.getLocalPort());
  }

  /// The same for gRPC.
  String target() {
    return "dns:///127.0.0.1:" + listening.getLocalPort();
  }

  private void accept() {
    while (!listening.isClosed()) {
      try {
        Socket client = listening.accept();
        var _ = Thread.ofVirtual().start(() -> serve(client));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void serve(Socket client) {
    byte[] buffer = new byte[16 * 1024];
    try (client) {
      int request = client.getInputStream().read(buffer);
      for (URI service : behind) {
        if (request < 0 || serve(client, service, buffer, request)) {
          return;
        }
      }
    } catch (IOException e) {
      // the client's connection is closed, which says it all
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// @return false if the service gives no answer, such as one that is just being killed
  private static boolean serve(Socket client, URI service, byte[] request, int length)
      throws IOException, InterruptedException {
    try (Socket socket = new Socket()) {
      byte[] answer = new byte[16 * 1024];
      int answered;
      try {
        socket.setTcpNoDelay(true);
        socket.connect(
            new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), service.getPort()), 1000);
        socket.getOutputStream().write(request, 0, length);
        answered = socket.getInputStream().read(answer);
      } catch (IOException e) {
        return false;
      }
      if (answered < 0) {
        return false;
      }
      client.getOutputStream().write(answer, 0, answered);
      Thread answers = Thread.ofVirtual().start(() -> pump(socket, client));
      pump(client, socket);
      answers.join();
      return true;
    }
  }

  private static void pump(Socket from, Socket to) {
    byte[] buffer = new byte[16 * 1024];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        out.write(buffer, 0, count);
      }
    } catch (IOException e) {
      // the other side is closed below
    } finally {
      close(from);
      close(to);
    }
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // it is of no use any more
    }
  }

  @Override
  public void close() {
    try {
      listening.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
