package voiceagent.gateway.clip;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import voiceagent.kit.agent.Agent;
import voiceagent.kit.agent.Agents;
import voiceagent.kit.agent.RouteSpec;

/// Makes the clips of agents: greeting and routed answers, from a recording where the agent file
/// names one, else by speech synthesis. What is there already is kept; what no sentence has any
/// more is deleted.
public final class ClipBuilder {
  private static final double SAMPLES_PER_SECOND = 8000;

  private final Path agents;
  private final Synthesis synthesis;
  private final PrintStream out;

  /// Makes a sentence into mu-law, 8000 Hz.
  @FunctionalInterface
  public interface Synthesis {
    byte[] render(Agent agent, String text);
  }

  /// @param recording empty: it is synthesised
  private record Sentence(Agent agent, String name, String text, Optional<Path> recording) {}

  /// @param agents `AGENTS_DIR`
  /// @param out told the progress
  public ClipBuilder(Path agents, Synthesis synthesis, PrintStream out) {
    this.agents = agents;
    this.synthesis = synthesis;
    this.out = out;
  }

  /// @return how many could not be made
  public int build(List<Agent> of) throws IOException {
    List<Sentence> sentences = new ArrayList<>();
    for (Agent agent : of) {
      sentences.addAll(sentences(agent));
    }
    int failed = 0;
    Set<Path> wanted = new HashSet<>();
    for (int i = 0; i < sentences.size(); i++) {
      Sentence next = sentences.get(i);
      Path file = AgentClips.file(agents.resolve("clips"), next.agent(), next.text());
      wanted.add(file);
      out.printf("[%d/%d] %s: %s ", i + 1, sentences.size(), next.agent().id(), next.name());
      out.flush();
      try {
        out.println(make(next, file));
      } catch (IOException | RuntimeException e) {
        failed++;
        out.println("FAILED: " + e.getMessage());
      }
    }
    for (Agent agent : of) {
      prune(agents.resolve("clips").resolve(agent.id()), wanted);
    }
    return failed;
  }

  private List<Sentence> sentences(Agent agent) {
    List<Sentence> sentences = new ArrayList<>();
    add(sentences, agent, "greeting", agent.greeting(), "");
    for (RouteSpec route : agent.brain().routes()) {
      add(sentences, agent, route.name(), route.answer(), route.recording());
    }
    return sentences;
  }

  /// A sentence whose variables a call has yet to bring cannot be a clip.
  private void add(
      List<Sentence> sentences, Agent agent, String name, String text, String recording) {
    String filled = Agents.filled(text, agent.variables());
    if (filled.contains("{{")) {
      out.println("      " + agent.id() + ": " + name + " has variables of the call: no clip");
      return;
    }
    sentences.add(
        new Sentence(
            agent,
            name,
            filled,
            recording.isEmpty() ? Optional.empty() : Optional.of(agents.resolve(recording))));
  }

  private String make(Sentence sentence, Path file) throws IOException {
    boolean newer =
        sentence.recording().isPresent()
            && Files.exists(file)
            && Files.getLastModifiedTime(sentence.recording().get())
                    .compareTo(Files.getLastModifiedTime(file))
                > 0;
    if (Files.exists(file) && !newer) {
      return "is there";
    }
    byte[] mulaw =
        sentence.recording().isPresent()
            ? WavFile.mulaw(sentence.recording().get())
            : synthesis.render(sentence.agent(), sentence.text());
    if (mulaw.length == 0) {
      throw new IOException("there is no audio");
    }
    Files.createDirectories(file.getParent());
    Path part = Files.createTempFile(file.getParent(), ".clip", ".part");
    try {
      Files.write(part, mulaw);
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(part);
    }
    return String.format(
        Locale.ROOT,
        "%s, %.1f s",
        sentence.recording().isPresent() ? "from its recording" : "synthesised",
        mulaw.length / SAMPLES_PER_SECOND);
  }

  private void prune(Path folder, Set<Path> wanted) throws IOException {
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".ulaw")).toList()) {
        if (!wanted.contains(file)) {
          Files.delete(file);
          out.println("      deleted " + file + ": no sentence has it any more");
        }
      }
    }
  }
}
