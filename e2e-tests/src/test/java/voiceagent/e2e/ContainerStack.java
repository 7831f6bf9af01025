package voiceagent.e2e;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.Ports;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
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
  private static final String PROJECT = "com.docker.compose.project";
  private static final Duration UP_WITHIN = Duration.ofMinutes(3);

  private static final Duration COMMAND_WITHIN = Duration.ofMinutes(2);
  private static final List<String> SERVICES =
      List.of("gateway", "stt-service", "brain-service", "tts-service");

  /// What the compose file is told; nobody's settings and keys.
  private static final Map<String, String> ENVIRONMENT =
      Map.of(
          "TAG", "test",
          "SIMULATORS_TAG", "test",
          "SETTINGS_FILE", "none.env",
          "DEEPGRAM_API_KEY", "",
          "GROQ_API_KEY", "",
          "GATEWAY_PORT", "0",
          "PUBLIC_HOST", Providers.PUBLIC_HOST,
          "ROUTER_ENABLED", "false",
          "CLIP_DIR", "off");

  private final Map<String, Integer> replicas;
  private final SimulatorEvents events = new SimulatorEvents();
  private final TwilioSimulator twilio = TwilioSimulator.start(0, events);
  private final ComposeContainer compose;

  /// @param replicas of each stage that shall have more than one
  ContainerStack(Map<String, Integer> replicas) {
    this.replicas = replicas;
    compose =
        new ComposeContainer(new File("../deploy/compose.yaml"))
            .withPull(false)
            .withBuild(true)
            .withServices("gateway", "stt-service", "brain-service", "tts-service", "simulators")
            .withEnv(ENVIRONMENT)
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
  ///
  /// @param tag the value of one of its tags; empty: any
  static double figure(URI service, String metric, String tag) {
    Matcher line =
        Pattern.compile("(?m)^" + metric + "(?:\\{[^}]*" + tag + "[^}]*})?\\s+([0-9.eE+-]+)")
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

  /// Begins `docker compose up -d` of another version of the four services, which is the same image
  /// by another name.
  CompletableFuture<Void> beginUpdate(String tag) {
    for (String service : SERVICES) {
      docker().tagImageCmd("voice-agent/" + service + ":test", "voice-agent/" + service, tag).exec();
    }
    List<String> command =
        new ArrayList<>(
            List.of("docker", "compose", "-p", project(), "-f", "../deploy/compose.yaml"));
    command.addAll(List.of("up", "-d", "--no-build"));
    replicas.forEach((service, count) -> command.addAll(List.of("--scale", service + "=" + count)));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(new File("target/compose-update.log"));
    builder.environment().putAll(ENVIRONMENT);
    builder.environment().put("TAG", tag);
    try {
      return builder
          .start()
          .onExit()
          .orTimeout(COMMAND_WITHIN.toSeconds(), TimeUnit.SECONDS)
          .thenAccept(process -> {
            if (process.exitValue() != 0) {
              throw new AssertionError("compose failed: target/compose-update.log");
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The image of each running container of the services.
  List<String> images() {
    return docker()
        .listContainersCmd()
        .withLabelFilter(Map.of(PROJECT, project()))
        .exec()
        .stream()
        .map(Container::getImage)
        .filter(image -> SERVICES.stream().anyMatch(image::contains))
        .toList();
  }

  private String project() {
    return String.valueOf(
        container("simulators-1").getCurrentContainerInfo().getConfig().getLabels().get(PROJECT));
  }

  private void keepLogs() {
    for (String name :
        List.of("gateway-1", "stt-service-1", "stt-service-2", "brain-service-1", "tts-service-1")) {
      compose
          .getContainerByServiceName(name)
          .ifPresent(c -> {
            try {
              Files.writeString(Path.of("target", "container-" + name + ".log"), c.getLogs());
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    }
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
    try {
      keepLogs();
    } finally {
      compose.stop();
    }
  }
}
