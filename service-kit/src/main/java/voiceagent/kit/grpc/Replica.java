package voiceagent.kit.grpc;

import java.net.InetAddress;
import java.net.UnknownHostException;

/// The name of this process in logs, metrics and `opened`: host and process id.
public final class Replica {
  private static final String NAME = host() + "-" + ProcessHandle.current().pid();

  private Replica() {}

  public static String name() {
    return NAME;
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }
}
