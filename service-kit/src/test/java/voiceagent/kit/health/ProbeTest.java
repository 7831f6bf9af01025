package voiceagent.kit.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.helidon.webserver.WebServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import voiceagent.kit.observe.Observe;

class ProbeTest {
  @Test
  void saysWhatTheServiceSaysOfItself() {
    AtomicBoolean ready = new AtomicBoolean(true);
    WebServer server =
        Observe.adminServer(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), ready::get);
    int port = server.port();
    assertThat(Probe.isWell(port, false)).isTrue();
    ready.set(false);
    assertThat(Probe.isWell(port, false)).isFalse();
    assertThat(Probe.isWell(port, true)).isTrue();
    server.stop();
    assertThat(Probe.isWell(port, true)).isFalse();
  }
}
