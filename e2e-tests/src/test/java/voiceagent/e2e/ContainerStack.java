package voiceagent.e2e;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.Ports;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.ComposeContainer;
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
  private final String project;

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
    Map<String, String> labels =
        compose
            .getContainerByServiceName("simulators-1")
            .orElseThrow()
            .getCurrentContainerInfo()
            .getConfig()
            .getLabels();
    project = Objects.requireNonNull(Objects.requireNonNull(labels).get(PROJECT));
  }

  /// The id of a container by service and number, such as `stt-service-2`; a new version has a new
  /// one.
  private String id(String name) {
    int dash = name.lastIndexOf('-');
    return docker()
        .listContainersCmd()
        .withShowAll(true)
        .withLabelFilter(
            Map.of(
                PROJECT,
                project,
                "com.docker.compose.service",
                name.substring(0, dash),
                "com.docker.compose.container-number",
                name.substring(dash + 1)))
        .exec()
        .stream()
        .map(Container::getId)
        .findFirst()
        .orElseThrow(() -> new AssertionError("there is no container " + name));
  }

  /// Where a container's port is reached from outside; it changes with a restart.
  URI face(String container, int port) {
    Ports.Binding[] bindings =
        docker()
            .inspectContainerCmd(id(container))
            .exec()
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
    docker().killContainerCmd(id(container)).exec();
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
    docker().startContainerCmd(id(container)).exec();
  }

  /// Begins `docker compose up -d` of another version of the four services, which is the same image
  /// by another name.
  CompletableFuture<Void> beginUpdate(String tag) {
    for (String service : SERVICES) {
      docker()
          .tagImageCmd("voice-agent/" + service + ":test", "voice-agent/" + service, tag)
          .exec();
    }
    List<String> command =
        new ArrayList<>(
            List.of("docker", "compose", "-p", project, "-f", "../deploy/compose.yaml"));
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
    return docker().listContainersCmd().withLabelFilter(Map.of(PROJECT, project)).exec().stream()
        .map(Container::getImage)
        .filter(image -> SERVICES.stream().anyMatch(image::contains))
        .toList();
  }

  private void keepLogs() throws IOException {
    ProcessBuilder logs =
        new ProcessBuilder(
                "docker", "compose", "-p", project, "-f", "../deploy/compose.yaml", "logs")
            .redirectErrorStream(true)
            .redirectOutput(new File("target/containers.log"));
    logs.environment().putAll(ENVIRONMENT);
    try {
      var _ = logs.start().waitFor(20, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void signal(String container, String signal) {
    docker().killContainerCmd(id(container)).withSignal(signal).exec();
  }

  private static DockerClient docker() {
    return DockerClientFactory.lazyClient();
  }

  @Override
  public void close() {
    twilio.close();
    try {
      keepLogs();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      compose.stop();
    }
  }
}
