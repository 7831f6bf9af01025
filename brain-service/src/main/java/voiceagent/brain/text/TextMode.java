package voiceagent.brain.text;

import io.grpc.ManagedChannel;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import voiceagent.brain.BrainMain;
import voiceagent.brain.text.stage.BrainTalk;
import voiceagent.kit.agent.Agent;
import voiceagent.kit.agent.Agents;
import voiceagent.kit.config.Settings;
import voiceagent.kit.grpc.EventLoops;
import voiceagent.kit.grpc.StageChannel;
import voiceagent.kit.observe.Logs;
import voiceagent.kit.observe.Observe;
import voiceagent.kit.service.Stage;

/// A brain to talk to: one that runs elsewhere, or one within this process.
final class TextMode implements AutoCloseable {
  private static final Duration ROUTES_WITHIN = Duration.ofSeconds(10);

  private final EventLoops loops = new EventLoops(1);
  private final @Nullable Stage own;
  private final ManagedChannel channel;
  private final Agents agents;
  private int talks;

  private TextMode(Agents agents, @Nullable Stage own, String target) {
    this.agents = agents;
    this.own = own;
    channel = StageChannel.to(target, loops);
  }

  /// @param target a gRPC target; empty: a brain is started here
  /// @throws voiceagent.kit.config.SettingsException if settings or agent files are wrong
  static TextMode open(Map<String, String> environment, Path directory, Optional<String> target) {
    Map<String, String> given = new HashMap<>(environment);
    given.putAll(Map.of("BRAIN_PORT", "0", "BRAIN_ADMIN_PORT", "0", "BIND_ADDRESS", "127.0.0.1"));
    Settings settings = Settings.load(BrainMain.class, given, directory);
    Agents agents = Agents.from(settings);
    settings.check();
    if (target.isPresent()) {
      return new TextMode(agents, null, target.get());
    }
    Stage brain = BrainMain.start(Settings.load(BrainMain.class, given, directory));
    return new TextMode(agents, brain, "dns:///127.0.0.1:" + brain.port());
  }

  /// Only what is wrong is logged, beside the talk.
  static void quiet(PrintStream log) {
    Logs.configure("text", "error", log);
    Observe.isolate();
  }

  /// @throws IllegalArgumentException if there is none of that name
  Agent agent(String id) {
    List<String> known = agents.all().stream().map(Agent::id).toList();
    if (!known.contains(id)) {
      throw new IllegalArgumentException(
          "there is no agent " + id + ", expected one of " + String.join(", ", known));
    }
    return agents.of(id, "");
  }

  /// A talk, once the brain knows the agent's routes.
  BrainTalk talk(Agent agent, Map<String, String> variables) {
    long until = System.nanoTime() + ROUTES_WITHIN.toNanos();
    while (true) {
      BrainTalk talk = new BrainTalk(channel, "text-" + ++talks, agent, variables);
      if (own == null || talk.hasRoutes() || System.nanoTime() > until) {
        return talk;
      }
      talk.close();
      pause();
    }
  }

  private static void pause() {
    try {
      Thread.sleep(100);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    channel.shutdownNow();
    if (own != null) {
      own.close();
    }
    loops.close();
  }
}
