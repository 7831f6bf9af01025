package voiceagent.kit.service;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.URI;

/// Asks a service of this process for its outside faces, as its platform will.
final class Training {
  private static final int TIMES = 3;
  private static final int DEADLINE_MS = 5000;

  private Training() {}

  static void ask(int port) {
    String here = InetAddress.getLoopbackAddress().getHostAddress();
    try {
      for (int i = 0; i < TIMES; i++) {
        for (String path : new String[] {"/health", "/health/ready", "/metrics"}) {
          URI url = URI.create("http://" + here + ":" + port + path);
          HttpURLConnection connection = (HttpURLConnection) url.toURL().openConnection();
          connection.setConnectTimeout(DEADLINE_MS);
          connection.setReadTimeout(DEADLINE_MS);
          var _ = connection.getResponseCode();
          connection.disconnect();
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException("the service does not answer itself: " + e.getMessage(), e);
    }
  }
}
