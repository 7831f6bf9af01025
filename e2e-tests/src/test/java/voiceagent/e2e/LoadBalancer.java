package voiceagent.e2e;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// One address for several replicas, as a platform gives them: a new connection goes to the first
/// that takes it.
final class LoadBalancer implements AutoCloseable {
  private final ServerSocket server;
  private final List<Integer> replicas;
  private final List<Socket> open = new CopyOnWriteArrayList<>();

  LoadBalancer(List<Integer> replicas) {
    this.replicas = replicas;
    try {
      server = new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    var _ = Thread.ofVirtual().name("balance").start(this::accept);
  }

  String target() {
    return "dns:///127.0.0.1:" + server.getLocalPort();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        var _ = Thread.ofVirtual().start(() -> serve(client));
      } catch (IOException _) {
        return; // closed
      }
    }
  }

  private void serve(Socket client) {
    open.add(client);
    for (int port : replicas) {
      try (Socket replica = new Socket()) {
        replica.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port), 500);
        open.add(replica);
        Thread back = Thread.ofVirtual().start(() -> copy(replica, client));
        copy(client, replica);
        back.join();
        return;
      } catch (IOException _) {
        // the next one
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
    close(client);
  }

  private static void copy(Socket from, Socket to) {
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      in.transferTo(out);
    } catch (IOException _) {
      // one of them is gone, so both are
    } finally {
      close(from);
      close(to);
    }
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    open.forEach(LoadBalancer::close);
  }
}
