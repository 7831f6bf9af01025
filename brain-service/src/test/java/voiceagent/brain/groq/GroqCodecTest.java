package voiceagent.brain.groq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import voiceagent.brain.llm.ChatMessage;
import voiceagent.brain.llm.ChatMessage.Role;
import voiceagent.brain.llm.ModelRequest;
import voiceagent.brain.llm.TokenUsage;

class GroqCodecTest {
  private static final List<ChatMessage> PROMPT =
      List.of(new ChatMessage(Role.SYSTEM, "Be brief."), new ChatMessage(Role.USER, "Hi \"you\""));

  private static String request(String model) {
    return new String(GroqCodec.request(model, new ModelRequest(PROMPT)), StandardCharsets.UTF_8);
  }

  private static GroqMessage decode(String data) throws IOException {
    return GroqCodec.decode(new SseEvent("", data));
  }

  @Test
  void asksForAStreamAndNothingThatAModelDoesNotTake_1() {
    assertThat(request("openai/gpt-oss-20b"))
        .isEqualTo(
            "{\"model\":\"openai/gpt-oss-20b\",\"stream\":true,\"messages\":["
                + "{\"role\":\"system\",\"content\":\"Be brief.\"},"
                + "{\"role\":\"user\",\"content\":\"Hi \\\"you\\\"\"}],\"temperature\":0.4,"
                + "\"reasoning_effort\":\"low\",\"include_reasoning\":false,"
                + "\"max_completion_tokens\":1200}");
    assertThat(request("qwen/qwen3.6-27b"))
        .contains("\"reasoning_effort\":\"none\"")
        .doesNotContain("include_reasoning");
    assertThat(request("llama-3.1-8b-instant")).doesNotContain("reasoning", "tools");
  }

  @Test
  void readsAStreamAsItWasSeen_3() throws IOException {
    List<GroqMessage> messages = new ArrayList<>();
    try (InputStream in =
        Objects.requireNonNull(getClass().getResourceAsStream("stream.sse"), "stream.sse")) {
      SseReader reader = new SseReader(in);
      for (Optional<SseEvent> e = reader.next(); e.isPresent(); e = reader.next()) {
        messages.add(GroqCodec.decode(e.get()));
      }
    }
    assertThat(messages)
        .containsExactly(
            new GroqMessage.Chunk("req_01aa", "", List.of(), "", Optional.empty()),
            new GroqMessage.Chunk("", "", List.of(), "", Optional.empty()),
            new GroqMessage.Chunk("", "Yes,", List.of(), "", Optional.empty()),
            new GroqMessage.Chunk("", " ten to four.", List.of(), "", Optional.empty()),
            new GroqMessage.Chunk(
                "req_01aa", "", List.of(), "stop", Optional.of(new TokenUsage(61, 9, 32))),
            new GroqMessage.Done());
  }

  @Test
  void takesUsageFromEitherPlaceOrAnExtraChunk_5() throws IOException {
    String usage = "{\"prompt_tokens\":5,\"completion_tokens\":2}";
    Optional<TokenUsage> expected = Optional.of(new TokenUsage(5, 2, 0));
    assertThat(decode("{\"choices\":[],\"usage\":" + usage + "}"))
        .isEqualTo(new GroqMessage.Chunk("", "", List.of(), "", expected));
    assertThat(decode("{\"choices\":[],\"x_groq\":{\"usage\":" + usage + "},\"usage\":null}"))
        .isEqualTo(new GroqMessage.Chunk("", "", List.of(), "", expected));
  }

  @Test
  void seesErrorsInEachForm_6() throws IOException {
    String error = "{\"message\":\"Failed.\",\"type\":\"x\",\"code\":\"tool_use_failed\"}";
    GroqMessage broken = new GroqMessage.Broken("tool_use_failed", "Failed.", "");
    assertThat(decode("{\"error\":" + error + "}")).isEqualTo(broken);
    assertThat(GroqCodec.decode(new SseEvent("error", error))).isEqualTo(broken);
    assertThat(GroqCodec.decode(new SseEvent("error", "{\"error\":" + error + "}")))
        .isEqualTo(broken);
    assertThat(decode("{\"choices\":[],\"x_groq\":{\"error\":\"over_capacity\"}}"))
        .isEqualTo(new GroqMessage.Broken("over_capacity", "", ""));
    assertThat(decode("{\"error\":null,\"choices\":[{\"delta\":{\"content\":\"a\"}}]}"))
        .isEqualTo(new GroqMessage.Chunk("", "a", List.of(), "", Optional.empty()));
    assertThatThrownBy(() -> decode("my secret words")).hasMessage("not JSON");
  }
}
