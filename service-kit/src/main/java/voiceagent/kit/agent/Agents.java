package voiceagent.kit.agent;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import voiceagent.kit.config.Settings;

/// All agents: the files `*.yaml` of `AGENTS_DIR`, and the default one.
///
/// A file that is new or has changed counts from the next call on; one that has become wrong is
/// logged, and the agent stays as it was. Any thread; looks at the folder once a second at most.
public final class Agents {
  private static final Logger LOG = System.getLogger(Agents.class.getName());
  private static final long LOOK_EVERY_NANOS = 1_000_000_000;

  private final Optional<Path> folder;
  private final Map<String, String> variables;
  private final Agent preset;
  private Map<Path, Known> files = new TreeMap<>();
  private long lookedAt = System.nanoTime();

  /// @param agent the last one that the file held without mistakes
  private record Known(FileTime changed, long size, Optional<Agent> agent) {}

  private Agents(Optional<Path> folder, Map<String, String> variables, Agent preset) {
    this.folder = folder;
    this.variables = variables;
    this.preset = preset;
  }

  /// Reads `AGENTS_DIR`, `AGENT_NAME`, `COMPANY_NAME` and `GREETING`; notes every mistake of every
  /// file as a problem of the settings.
  public static Agents from(Settings settings) {
    String name = settings.text("AGENT_NAME");
    String company = settings.text("COMPANY_NAME");
    String greeting =
        settings.optional("GREETING").orElseGet(() -> AgentFile.greeting(name, company));
    Map<String, String> variables =
        Map.of("agent_name", name, "company_name", company, "greeting", greeting);
    AgentFile.Read shipped = AgentFile.parse(Agent.DEFAULT, "default.yaml", text(), variables);
    Agents agents =
        new Agents(
            settings.optional("AGENTS_DIR").map(Path::of),
            variables,
            shipped
                .agent()
                .orElseThrow(() -> new IllegalStateException(shipped.problems().toString())));
    agents.folder.ifPresent(f -> {
      if (Files.isDirectory(f)) {
        agents.look().forEach(settings::problem);
      } else {
        settings.problem("AGENTS_DIR is " + f + ", expected a folder");
      }
    });
    return agents;
  }

  /// The agent that answers a call.
  ///
  /// @param id the agent that is asked for; the default one's, or one that is not there, counts as
  ///   none
  /// @param called the number or SIP URI that was called
  public synchronized Agent of(String id, String called) {
    lookAgain();
    if (!id.equals(Agent.DEFAULT)) {
      Optional<Agent> named = find(id);
      if (named.isPresent()) {
        return named.get();
      }
      LOG.log(Level.WARNING, "there is no agent {0}, the default one answers", id);
    }
    return all().stream()
        .filter(a -> a.numbers().contains(called))
        .findFirst()
        .or(() -> find(Agent.DEFAULT))
        .orElse(preset);
  }

  /// Every agent, the default one among them.
  public synchronized List<Agent> all() {
    Map<String, Agent> agents = new TreeMap<>();
    agents.put(Agent.DEFAULT, preset);
    files.values().forEach(k -> k.agent().ifPresent(a -> agents.put(a.id(), a)));
    return List.copyOf(agents.values());
  }

  /// `AGENTS_DIR`.
  public Optional<Path> folder() {
    return folder;
  }

  /// A text with its variables filled in.
  public static String filled(String text, Map<String, String> variables) {
    return AgentFile.filled(text, variables);
  }

  private Optional<Agent> find(String id) {
    return all().stream().filter(a -> a.id().equals(id)).findFirst();
  }

  private void lookAgain() {
    if (folder.isPresent() && System.nanoTime() - lookedAt > LOOK_EVERY_NANOS) {
      look()
          .forEach(p -> LOG.log(Level.ERROR, "an agent file is wrong, it stays as it was: {0}", p));
      lookedAt = System.nanoTime();
    }
  }

  /// Reads what is new or has changed.
  ///
  /// @return the mistakes
  private List<String> look() {
    Path directory = folder.orElseThrow();
    List<String> problems = new ArrayList<>();
    Map<Path, Known> now = new TreeMap<>();
    try (Stream<Path> entries = Files.list(directory)) {
      for (Path file : entries.filter(f -> f.toString().matches(".*\\.ya?ml")).sorted().toList()) {
        Known before = files.get(file);
        FileTime changed = Files.getLastModifiedTime(file);
        long size = Files.size(file);
        if (before != null && before.changed().equals(changed) && before.size() == size) {
          now.put(file, before);
          continue;
        }
        AgentFile.Read read = AgentFile.read(file, variables);
        problems.addAll(read.problems());
        Optional<Agent> agent =
            read.agent().or(() -> before == null ? Optional.empty() : before.agent());
        now.put(file, new Known(changed, size, agent));
      }
    } catch (IOException e) {
      problems.add("AGENTS_DIR is " + directory + ", expected a folder that can be read: " + e);
      return problems;
    }
    files = now;
    problems.addAll(sharedNumbers());
    return problems;
  }

  private List<String> sharedNumbers() {
    Map<String, String> owners = new HashMap<>();
    List<String> problems = new ArrayList<>();
    for (Agent agent : all()) {
      for (String number : agent.numbers()) {
        String other = owners.putIfAbsent(number, agent.id());
        if (other != null) {
          problems.add("agents " + other + " and " + agent.id() + " name the same number");
        }
      }
    }
    return problems;
  }

  private static String text() {
    try (InputStream in = Agents.class.getResourceAsStream("default.yaml")) {
      if (in == null) {
        throw new IOException("no default.yaml beside " + Agents.class.getName());
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
