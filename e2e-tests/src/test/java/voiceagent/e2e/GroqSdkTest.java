package voiceagent.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import voiceagent.sim.event.SimulatorEvent;
import voiceagent.sim.event.SimulatorEvents;
import voiceagent.sim.groq.ChatRequest;
import voiceagent.sim.groq.GroqSimulator;
import voiceagent.sim.groq.ModelReply;

/// Groq's own JavaScript SDK, unmodified, works against the simulator.
class GroqSdkTest {
  private static final Pattern TOOL = Pattern.compile("^tool: (\\w+) (\\{.*})$", Pattern.MULTILINE);

  @Test
  void theOfficialSdkStreamsListsModelsUsesToolsAndSeesErrors_15() {
    SimulatorEvents events = new SimulatorEvents();
    List<SimulatorEvent> seen = new CopyOnWriteArrayList<>();
    events.listen(seen::add);
    try (GroqSimulator groq = GroqSimulator.start(0, events)) {
      groq.pace(Duration.ofMillis(20), Duration.ofMillis(5));
      groq.splitBytes(6);
      groq.comments(true);
      groq.script(GroqSdkTest::answer);
      events.listen(e -> prepare(groq, e));
      String printed =
          NodeScript.run(
              "groq",
              "script.mjs",
              Map.of(
                  "GROQ_API_KEY",
                  GroqSimulator.KEY,
                  "GROQ_BASE_URL",
                  groq.url().replace("/openai/v1", "")));
      assertThat(printed)
          .contains(
              "models ok",
              "whole ok",
              "stream ok",
              "tools ok",
              "abort ok",
              "errors ok",
              "rate limit and broken stream ok",
              "retry ok");
      Await.until(
          "the closed connection to be seen",
          Duration.ofSeconds(10),
          () -> seen.stream().anyMatch(e -> e.kind().equals("cancelled")));
    }
  }

  private static ModelReply answer(ChatRequest request) {
    boolean answered = request.messages().getLast().role().equals("tool");
    Matcher tool = TOOL.matcher(request.lastUser());
    return !answered && tool.find()
        ? new ModelReply.ToolCall(tool.group(1), tool.group(2))
        : new ModelReply.Text("You are speaking with Sesame from Sesame AI. How can I help?");
  }

  /// After the refused key the script asks for a limited answer, then for one that breaks off, then
  /// for one that is limited once.
  private static void prepare(GroqSimulator groq, SimulatorEvent event) {
    if (event.kind().equals("refused") && event.detail().startsWith("401")) {
      groq.failNext(1, 429);
      groq.errorInNextStream(3, "tool_use_failed");
      groq.retryAfter(1);
      groq.failNext(1, 429);
    }
  }
}
