package voiceagent.e2e;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.Ports;
import java.io.File;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.ComposeContainer;
import org.testcontainers.containers.ContainerState;
import org.testcontainers.containers.wait.strategy.Wait;
import voiceagent.sim.event.SimulatorEvents;
import voiceagent.sim.twilio.CallRequest;
import voiceagent.sim.twilio.Caller;
import voiceagent.sim.twilio.TwilioSimulator;

/// `deploy/compose.yaml` as an engine runs it, built from the jars of this build; callers are here,
/// outside of it, and reach the gateway by its published port.
final class ContainerStack implements AutoCloseable {
  private static final Duration UP_WITHIN = Duration.ofMinutes(3);

  private final SimulatorEvents events = new SimulatorEvents();
  private final TwilioSimulator twilio = TwilioSimulator.start(0, events);
  private final ComposeContainer compose;

  /// @param replicas of each stage that shall have more than one
  ContainerStack(Map<String, Integer> replicas) {
    compose =
        new ComposeContainer(new File("../deploy/compose.yaml"))
            .withPull(false)
            .withBuild(true)
            .withServices("gateway", "stt-service", "brain-service", "tts-service", "simulators")
            .withEnv("TAG", "test")
            .withEnv("SIMULATORS_TAG", "test")
            .withEnv("SETTINGS_FILE", "none.env")
            .withEnv("DEEPGRAM_API_KEY", "")
            .withEnv("GROQ_API_KEY", "")
            .withEnv("GATEWAY_PORT", "0")
            .withEnv("PUBLIC_HOST", Providers.PUBLIC_HOST)
            .withEnv("ROUTER_ENABLED", "false")
            .withEnv("CLIP_DIR", "off")
            .waitingFor("gateway", Wait.forHealthcheck().withStartupTimeout(UP_WITHIN));
    replicas.forEach(compose::withScaledService);
    compose.start();
  }

  /// A container by service and number, such as `stt-service-2`.
  ContainerState container(String name) {
    return compose
        .getContainerByServiceName(name)
        .orElseThrow(() -> new AssertionError("there is no container " + name));
  }

  /// Where a container's port is reached from outside; it changes with a restart.
  URI face(String container, int port) {
    Ports.Binding[] bindings =
        container(container)
            .getCurrentContainerInfo()
            .getNetworkSettings()
            .getPorts()
            .getBindings()
            .get(ExposedPort.tcp(port));
    if (bindings == null || bindings.length == 0) {
      throw new AssertionError(container + " publishes no port " + port);
    }
    return URI.create(
        "http://%s:%s"
            .formatted(
                DockerClientFactory.instance().dockerHostIpAddress(),
                bindings[0].getHostPortSpec()));
  }

  URI gateway() {
    return face("gateway-1", 7860);
  }

  /// A figure of a service's `/metrics`.
  static double figure(URI service, String metric) {
    Matcher line =
        Pattern.compile("(?m)^" + metric + "(?:\\{[^}]*})?\\s+([0-9.eE+-]+)")
            .matcher(Http.get(service, "/metrics").body());
    if (!line.find()) {
      throw new AssertionError(service + " has no metric " + metric);
    }
    return Double.parseDouble(line.group(1));
  }

  Caller dial() {
    return twilio.dial(
        new CallRequest(gateway()).publicHost(Providers.PUBLIC_HOST).allowPlainStreams());
  }

  /// SIGKILL; it is not started again, as an engine does not after a kill by hand.
  void kill(String container) {
    docker().killContainerCmd(container(container).getContainerId()).exec();
  }

  /// SIGSTOP: its sockets stay open and nothing answers.
  void freeze(String container) {
    signal(container, "STOP");
  }

  void thaw(String container) {
    signal(container, "CONT");
  }

  /// SIGTERM.
  void terminate(String container) {
    signal(container, "TERM");
  }

  void start(String container) {
    docker().startContainerCmd(container(container).getContainerId()).exec();
  }

  private void signal(String container, String signal) {
    docker().killContainerCmd(container(container).getContainerId()).withSignal(signal).exec();
  }

  private static DockerClient docker() {
    return DockerClientFactory.lazyClient();
  }

  @Override
  public void close() {
    twilio.close();
    compose.stop();
  }
}
