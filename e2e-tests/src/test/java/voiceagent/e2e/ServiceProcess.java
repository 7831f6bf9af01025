package voiceagent.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// A service as a process of its own, to be killed and frozen.
final class ServiceProcess implements AutoCloseable {
  private static final Duration READY_WITHIN = Duration.ofSeconds(30);

  private final Process process;
  private final URI face;

  private ServiceProcess(Process process, URI face) {
    this.process = process;
    this.face = face;
  }

  /// Starts a service; [#awaitReady] waits for it.
  ///
  /// @param settings its whole environment, with fixed ports
  /// @param portSetting the one of them by which health is asked
  static ServiceProcess start(Class<?> main, Map<String, String> settings, String portSetting) {
    String classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path", ""));
    Path log = Path.of("target", main.getSimpleName() + ".log");
    ProcessBuilder builder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home", ""), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx128m",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                classPath,
                main.getName())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().clear();
    builder.environment().putAll(settings);
    try {
      return new ServiceProcess(
          builder.start(), URI.create("http://127.0.0.1:" + settings.get(portSetting)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Ports that nobody listens on now.
  static List<String> freePorts(int count) {
    ServerSocket[] held = new ServerSocket[count];
    try {
      for (int i = 0; i < count; i++) {
        held[i] = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"));
      }
      return java.util.Arrays.stream(held).map(s -> String.valueOf(s.getLocalPort())).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      for (ServerSocket socket : held) {
        close(socket);
      }
    }
  }

  ServiceProcess awaitReady() {
    Await.until(
        "a service to be ready on " + face,
        READY_WITHIN,
        () -> {
          if (!process.isAlive()) {
            throw new AssertionError("a service ended with " + process.exitValue());
          }
          return Http.isReady(face);
        });
    return this;
  }

  URI face() {
    return face;
  }

  /// SIGKILL.
  void kill() {
    process.destroyForcibly();
    awaitEnd();
  }

  /// SIGTERM.
  void terminate() {
    process.destroy();
  }

  /// SIGSTOP: it neither answers nor ends.
  void freeze() {
    signal("-STOP");
  }

  boolean isAlive() {
    return process.isAlive();
  }

  @Override
  public void close() {
    process.destroyForcibly();
    awaitEnd();
  }

  private void signal(String signal) {
    try {
      Process kill = new ProcessBuilder("kill", signal, String.valueOf(process.pid())).start();
      if (!kill.waitFor(5, TimeUnit.SECONDS) || kill.exitValue() != 0) {
        throw new AssertionError("kill " + signal + " failed");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void awaitEnd() {
    try {
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        throw new AssertionError("a killed service does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void close(ServerSocket socket) {
    try {
      if (socket != null) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
