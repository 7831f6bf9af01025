package voiceagent.gateway;

import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.stream.Collectors;
import voiceagent.gateway.clip.ClipBuilder;
import voiceagent.gateway.stage.ClipVoice;
import voiceagent.kit.agent.Agent;
import voiceagent.kit.agent.Agents;
import voiceagent.kit.config.Settings;
import voiceagent.kit.config.SettingsException;
import voiceagent.kit.observe.Logs;

/// Makes the clips of the agents in `AGENTS_DIR`: `./voice-agent clips`.
public final class ClipsMain {
  private ClipsMain() {}

  static void main(String[] args) {
    Logs.configure("clips", "error", System.err);
    System.exit(run(Settings.load(GatewayMain.class), List.of(args), System.out));
  }

  /// @param ids of agents; empty: all
  /// @return the exit code: 1 if a clip could not be made, 2 if there is nothing to make
  public static int run(Settings settings, List<String> ids, PrintStream out) {
    try {
      Agents agents = Agents.from(settings);
      String target = settings.text("TTS_TARGET");
      if (agents.folder().isEmpty()) {
        settings.problem("AGENTS_DIR is not set, expected the folder of the agent files");
      }
      settings.check();
      String known = agents.all().stream().map(Agent::id).collect(Collectors.joining(", "));
      for (String id : ids) {
        if (agents.all().stream().noneMatch(a -> a.id().equals(id))) {
          out.println("there is no agent " + id + ", expected one of " + known);
          return 2;
        }
      }
      List<Agent> chosen =
          agents.all().stream().filter(a -> ids.isEmpty() || ids.contains(a.id())).toList();
      try (ClipVoice voice = new ClipVoice(target)) {
        int failed = new ClipBuilder(agents.folder().get(), voice::render, out).build(chosen);
        out.println(failed == 0 ? "All clips are there." : failed + " clips could not be made.");
        return failed == 0 ? 0 : 1;
      }
    } catch (SettingsException e) {
      e.problems().forEach(out::println);
      return 2;
    } catch (IOException e) {
      out.println(e.getMessage());
      return 1;
    }
  }
}
