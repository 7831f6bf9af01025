package voiceagent.kit.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AgentFileTest {
  private static final Map<String, String> GIVEN =
      Map.of("agent_name", "Sesame", "company_name", "Sesame AI", "greeting", "Hello.");

  private static AgentFile.Read read(String yaml) {
    return AgentFile.parse("anna", "agents/anna.yaml", yaml, GIVEN);
  }

  @Test
  void aWholeFileIsRead() {
    AgentFile.Read read =
        read(
            """
            name: Anna
            company: Example Painters
            language: en-GB
            numbers: ["+15005550006"]
            voice: {id: some-voice, speed: 1.1}
            greeting: Hello {{customer}}, this is {{agent_name}}.
            persona: |
              You are Anna.
            keyterms: [emulsion]
            variables: {customer: friend, floors: 2}
            policies: {min-interruption-words: 3, max-call-seconds: 60, keys: ignore}
            tools:
              hang-up:
              transfer: {destinations: {sales: "+15005550009"}}
              collect-digits: {timeout-ms: 3000}
              http:
                - name: free_days
                  description: Days that are free.
                  url: https://example.com/days
                  parameters: {type: object, properties: {month: {type: string}}}
            routes:
              - name: pricing
                examples: ["What does it cost?", "How much is it?", "Your prices?"]
                answer: Ask a colleague.
                threshold: 0.4
            extraction:
              name: lead
              when: during
              schema: {type: object, properties: {email: {type: string}}}
            """);
    assertThat(read.problems()).isEmpty();
    Agent agent = read.agent().orElseThrow();
    assertThat(agent.name()).isEqualTo("Anna");
    assertThat(agent.greeting()).isEqualTo("Hello {{customer}}, this is Anna.");
    assertThat(agent.variables()).containsEntry("customer", "friend").containsEntry("floors", "2");
    assertThat(agent.policies().maxCall()).contains(Duration.ofSeconds(60));
    assertThat(agent.policies().keysAreTurns()).isFalse();
    BrainSettings travelled = BrainSettings.parse(agent.brain().json());
    assertThat(travelled).isEqualTo(agent.brain());
    assertThat(travelled.tools())
        .extracting(ToolSpec::name)
        .containsExactly("hang_up", "transfer", "collect_digits", "free_days");
    assertThat(travelled.routes().getFirst().threshold()).isEqualTo(0.4);
    assertThat(travelled.extraction().orElseThrow().during()).isTrue();
  }

  @Test
  void everyMistakeIsToldWithItsLine() {
    assertThat(
            read("""
            company: Example Painters
            langage: en
            policies:
              min-interruption-words: 9
            routes:
              - name: pricing
                examples:
                  - How much?
                  - 12
                  - What?
            """)
                .problems())
        .anyMatch(p -> p.matches("agents/anna.yaml:1: the file .*name.*"))
        .anyMatch(p -> p.startsWith("agents/anna.yaml:2: langage is not known here"))
        .anyMatch(p -> p.startsWith("agents/anna.yaml:4: policies.min-interruption-words"))
        .anyMatch(p -> p.matches("agents/anna.yaml:6: routes.0 .*answer.*"))
        .anyMatch(p -> p.startsWith("agents/anna.yaml:9: routes.0.examples.1"))
        .hasSize(5);
  }

  @Test
  void brokenYamlIsToldWithItsLine() {
    assertThat(read("name: Anna\ngreeting: \"Hello\n").problems())
        .singleElement()
        .asString()
        .startsWith("agents/anna.yaml:");
    assertThat(read("name: Anna\nname: Berta\n").problems())
        .containsExactly("agents/anna.yaml:2: name is there twice");
    assertThat(read("").problems()).containsExactly("agents/anna.yaml:1: the file is empty");
  }

  @Test
  void aSchemaThatIsNoneIsToldWithItsLine() {
    assertThat(
            read("""
            name: Anna
            extraction:
              name: lead
              schema:
                type: objekt
            """)
                .problems())
        .singleElement()
        .asString()
        .startsWith("agents/anna.yaml:4: extraction.schema is no schema");
  }

  @Test
  void settingsThatTravelledAreCheckedAgain() {
    assertThat(BrainSettings.parse("")).isEqualTo(BrainSettings.NONE);
    assertThatThrownBy(() -> BrainSettings.parse("{\"tools\":{\"dance\":{}}}"))
        .hasMessageContaining("/tools/dance");
    assertThat(BrainSettings.parse("{}").tools()).isEqualTo(List.of());
  }
}
