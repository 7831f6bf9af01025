package voiceagent.kit.config;

import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.concurrent.Callable;

/// Where a service listens: `BIND_ADDRESS` and a setting for each port.
public final class Ports {
  private Ports() {}

  /// The address that `BIND_ADDRESS` and a port's setting name.
  public static InetSocketAddress address(Settings settings, String setting) {
    return address(settings, "BIND_ADDRESS", setting);
  }

  /// The address that two settings name.
  public static InetSocketAddress address(
      Settings settings, String addressSetting, String setting) {
    String host = settings.text(addressSetting);
    int port = settings.port(setting);
    try {
      return new InetSocketAddress(InetAddress.getByName(host), port);
    } catch (UnknownHostException e) {
      settings.problem(addressSetting + " is " + host + ", expected an address of this machine");
      return new InetSocketAddress(port);
    }
  }

  /// Opens a port; one at a time in a process, since Helidon's servers share maps that are not
  /// thread-safe while they are built.
  ///
  /// @param setting the setting that names the port, for the message
  /// @throws UncheckedIOException caused by [BindException] if the port is taken
  public static synchronized <T> T bind(
      String setting, InetSocketAddress address, Callable<T> server) {
    try {
      return server.call();
    } catch (Exception e) {
      if (isTaken(e)) {
        String message =
            "port %d is taken: end the program that has it, or set %s to another port"
                .formatted(address.getPort(), setting);
        throw new UncheckedIOException(message, new BindException(message));
      }
      throw e instanceof RuntimeException unchecked ? unchecked : new IllegalStateException(e);
    }
  }

  private static boolean isTaken(Throwable e) {
    return e instanceof BindException || (e.getCause() != null && isTaken(e.getCause()));
  }
}
