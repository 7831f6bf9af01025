package voiceagent.kit.grpc;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import voiceagent.kit.observe.Meters;

/// The way to a stage: all of its replicas, each with a connection of its own, new streams to those
/// that serve in turn.
///
/// Names are looked up again and again, so that a replica that is added is used within seconds. A
/// replica that drains gets no new streams; one that is frozen is cut ([ReplicaLink]).
public final class Replicas extends Channel implements AutoCloseable {
  private static final Logger LOG = System.getLogger(Replicas.class.getName());
  private static final Duration LOOK_UP_EVERY = Duration.ofSeconds(1);

  private final String stage;
  private final String targets;
  private final List<Target> asked;
  private final EventLoops loops;
  private final AtomicInteger next = new AtomicInteger();
  private final Thread lookUp;
  private volatile Map<String, ReplicaLink> links = Map.of();
  private volatile boolean closed;

  private Replicas(String stage, String targets, List<Target> asked, EventLoops loops) {
    this.stage = stage;
    this.targets = targets;
    this.asked = asked;
    this.loops = loops;
    lookUp = Thread.ofVirtual().name("look-up-" + stage).unstarted(this::lookUp);
    Meters.gauge(
        "voiceagent_stage_replicas",
        "Replicas of the stage that take new calls.",
        this::serving,
        "stage",
        stage);
  }

  /// Begins to look up and to connect. Until a name is found, calls fail.
  ///
  /// @param stage "stt", "brain" or "tts": for logs and metrics
  /// @param targets with commas between them: `host:port` or `dns:///host:port`, all addresses of
  ///   each; or another gRPC target, which counts as one replica
  /// @throws IllegalArgumentException if one of them is none
  public static Replicas of(String stage, String targets, EventLoops loops) {
    Replicas replicas = new Replicas(stage, targets, parse(targets), loops);
    if (replicas.asked.stream().allMatch(Target::isAddress)) {
      replicas.take(replicas.addresses());
    }
    replicas.lookUp.start();
    return replicas;
  }

  /// Whether [#of] takes this.
  public static boolean areTargets(String targets) {
    try {
      return !parse(targets).isEmpty();
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static List<Target> parse(String targets) {
    return Arrays.stream(targets.split(",", -1)).map(String::strip).map(Target::parse).toList();
  }

  /// Replicas that take new streams, as far as is known.
  public int serving() {
    return (int)
        links.values().stream().filter(l -> l.state() == ReplicaLink.State.SERVING).count();
  }

  @Override
  public <Q, R> ClientCall<Q, R> newCall(MethodDescriptor<Q, R> method, CallOptions options) {
    List<ReplicaLink> all = List.copyOf(links.values());
    List<ReplicaLink> good = those(all, ReplicaLink.State.SERVING);
    if (good.isEmpty()) {
      good = those(all, ReplicaLink.State.AWAY);
    }
    if (good.isEmpty()) {
      good = all;
    }
    if (good.isEmpty()) {
      return new NoReplica<>(targets + " has no address");
    }
    ManagedChannel channel = good.get(Math.floorMod(next.getAndIncrement(), good.size())).channel();
    channel.resetConnectBackoff(); // gRPC by itself would wait up to two minutes after an outage
    return channel.newCall(method, options);
  }

  @Override
  public String authority() {
    return targets;
  }

  /// Waits 1 s at most for streams that end.
  @Override
  public void close() {
    closed = true;
    lookUp.interrupt();
    List<ManagedChannel> channels = links.values().stream().map(ReplicaLink::channel).toList();
    links.values().forEach(ReplicaLink::leave);
    try {
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(1);
      for (ManagedChannel channel : channels) {
        if (!channel.awaitTermination(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
          channel.shutdownNow();
        }
      }
    } catch (InterruptedException e) {
      channels.forEach(ManagedChannel::shutdownNow);
      Thread.currentThread().interrupt();
    }
  }

  private static List<ReplicaLink> those(List<ReplicaLink> links, ReplicaLink.State state) {
    return links.stream().filter(l -> l.state() == state).toList();
  }

  private void lookUp() {
    try {
      while (!closed) {
        take(addresses());
        Thread.sleep(LOOK_UP_EVERY);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// By name for logs. Where a name cannot be looked up, what was known of it stays.
  private Map<String, InetSocketAddress> addresses() {
    Map<String, InetSocketAddress> found = new LinkedHashMap<>();
    for (Target target : asked) {
      if (target instanceof Target.HostAndPort(String host, int port)) {
        try {
          for (InetAddress address : InetAddress.getAllByName(host)) {
            found.put(
                stage + " " + address.getHostAddress() + ":" + port,
                new InetSocketAddress(address, port));
          }
        } catch (UnknownHostException e) {
          LOG.log(Level.DEBUG, "{0}: {1} has no address", stage, host);
          return Map.of();
        }
      }
    }
    return found;
  }

  private synchronized void take(Map<String, InetSocketAddress> found) {
    Map<String, ReplicaLink> after = new LinkedHashMap<>();
    for (Target target : asked) {
      if (target instanceof Target.Other(String uri)) {
        after.put(uri, known(uri, () -> StageChannel.to(uri, loops)));
      }
    }
    if (found.isEmpty() && after.isEmpty()) {
      return;
    }
    found.forEach(
        (name, address) -> after.put(name, known(name, () -> StageChannel.to(address, loops))));
    Map<String, ReplicaLink> before = links;
    links = after;
    if (!before.isEmpty() && !before.keySet().equals(after.keySet())) {
      LOG.log(Level.INFO, "{0} has {1} replicas", stage, String.valueOf(after.size()));
    }
    before.forEach((name, link) -> {
      if (!after.containsKey(name)) {
        link.leave();
      }
    });
    if (closed) {
      after.values().forEach(ReplicaLink::leave);
    }
  }

  private ReplicaLink known(String name, java.util.function.Supplier<ManagedChannel> channels) {
    ReplicaLink link = links.get(name);
    return link != null
        ? link
        : new ReplicaLink(name, channels, loops.current(), () -> serving() > 0);
  }

  /// Where a stage is.
  private sealed interface Target {
    record HostAndPort(String host, int port) implements Target {}

    record Other(String uri) implements Target {}

    /// Whether nobody has to be asked for it.
    default boolean isAddress() {
      if (!(this instanceof HostAndPort(String host, int _))) {
        return true;
      }
      try {
        return InetAddress.ofLiteral(host) != null;
      } catch (IllegalArgumentException e) {
        return false;
      }
    }

    static Target parse(String target) {
      String plain = target.startsWith("dns:///") ? target.substring("dns:///".length()) : target;
      if (plain.contains("://") || plain.startsWith("unix:") || plain.startsWith("xds:")) {
        return new Other(target);
      }
      int colon = plain.lastIndexOf(':');
      try {
        int port = Integer.parseInt(plain.substring(colon + 1));
        if (colon > 0 && port > 0 && port < 65536) {
          return new HostAndPort(plain.substring(0, colon), port);
        }
      } catch (NumberFormatException e) {
        // told below
      }
      throw new IllegalArgumentException(
          target + " is no target, expected host:port or dns:///host:port");
    }
  }

  /// A call that fails at once: there is nobody to take it.
  private static final class NoReplica<Q, R> extends ClientCall<Q, R> {
    private final String why;

    NoReplica(String why) {
      this.why = why;
    }

    @Override
    public void start(Listener<R> listener, Metadata headers) {
      listener.onClose(Status.UNAVAILABLE.withDescription(why), new Metadata());
    }

    @Override
    public void request(int messages) {}

    @Override
    public void cancel(
        @org.jspecify.annotations.Nullable String why,
        @org.jspecify.annotations.Nullable Throwable cause) {}

    @Override
    public void halfClose() {}

    @Override
    public void sendMessage(Q message) {}
  }
}
