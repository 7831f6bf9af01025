package voiceagent.kit.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import voiceagent.kit.config.Settings;
import voiceagent.kit.config.SettingsException;

class AgentsTest {
  @TempDir Path folder;

  private static Agents agents(Map<String, String> more) {
    Map<String, String> given =
        new HashMap<>(Map.of("AGENT_NAME", "Sesame", "COMPANY_NAME", "Sesame AI"));
    given.putAll(more);
    Settings settings = Settings.of(AgentsTest.class, given);
    Agents agents = Agents.from(settings);
    settings.check();
    return agents;
  }

  private Agents withFolder() {
    return agents(Map.of("AGENTS_DIR", folder.toString()));
  }

  private void write(String file, String yaml) throws IOException {
    Files.writeString(folder.resolve(file), yaml);
  }

  @Test
  void withoutAFolderTheSettingsDescribeTheAgent() {
    Agent agent = agents(Map.of("GREETING", "Good day.")).of(Agent.DEFAULT, "+15005550006");
    assertThat(agent.name()).isEqualTo("Sesame");
    assertThat(agent.greeting()).isEqualTo("Good day.");
    assertThat(agent.brain().routes())
        .extracting(RouteSpec::name)
        .containsExactly("pricing", "who-are-you", "stop");
    assertThat(agents(Map.of()).of("other", "").greeting())
        .isEqualTo("Hello, this is Sesame from Sesame AI. How can I help you?");
  }

  @Test
  void anAgentIsChosenByNameThenByTheNumberCalled() throws IOException {
    write("anna.yaml", "name: Anna\nnumbers: [\"+15005550006\"]\n");
    write("ben.yaml", "name: Ben\n");
    Agents agents = withFolder();
    assertThat(agents.of(Agent.DEFAULT, "+15005550006").name()).isEqualTo("Anna");
    assertThat(agents.of("ben", "+15005550006").name()).isEqualTo("Ben");
    assertThat(agents.of(Agent.DEFAULT, "+15005550001").name()).isEqualTo("Sesame");
  }

  @Test
  void everyMistakeOfEveryFileStopsTheStart() throws IOException {
    write("anna.yaml", "name: Anna\ncolour: blue\n");
    write("ben.yaml", "name:\n");
    assertThatThrownBy(this::withFolder)
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("anna.yaml:2: colour is not known here")
        .hasMessageContaining("ben.yaml:1: name");
  }

  @Test
  void aChangeCountsForTheNextCallAndAMistakeDoesNot() throws IOException {
    write("default.yaml", "name: Anna\n");
    Agents agents = withFolder();
    assertThat(agents.of(Agent.DEFAULT, "").name()).isEqualTo("Anna");
    write("default.yaml", "name: Annabel\n");
    await(() -> agents.of(Agent.DEFAULT, "").name().equals("Annabel"));
    write("default.yaml", "name: [not a name]\n");
    write("new.yaml", "name: New\n");
    await(() -> agents.of("new", "").name().equals("New"));
    assertThat(agents.of(Agent.DEFAULT, "").name()).isEqualTo("Annabel");
  }

  private static void await(BooleanSupplier condition) {
    long until = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime() - until).as("waited in vain").isNegative();
      LockSupport.parkNanos(20_000_000);
    }
  }
}
