package voiceagent.brain.groq;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import voiceagent.brain.llm.ToolCall;

class CallPiecesTest {
  private final CallPieces calls = new CallPieces();

  private void chunk(String toolCalls) throws IOException {
    String data = "{\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[" + toolCalls + "]}}]}";
    if (GroqCodec.decode(new SseEvent("", data)) instanceof GroqMessage.Chunk chunk) {
      calls.add(chunk.calls());
    }
  }

  @Test
  void callsArePutTogetherByTheirNumberWholeOrInPieces_4() throws IOException {
    chunk(
        "{\"index\":1,\"id\":\"b\",\"function\":{\"name\":\"look_up\",\"arguments\":\"{\\\"day\"}}");
    chunk("{\"index\":0,\"id\":\"a\",\"function\":{\"name\":\"hang_up\",\"arguments\":\"{}\"}}");
    chunk("{\"index\":1,\"function\":{\"arguments\":\"\\\":\\\"sunday\\\"}\"}}");
    chunk("{\"index\":2,\"id\":\"c\",\"function\":{\"name\":\"who\",\"arguments\":\"\"}}");
    assertThat(calls.whole())
        .containsExactly(
            new ToolCall("a", "hang_up", "{}"),
            new ToolCall("b", "look_up", "{\"day\":\"sunday\"}"),
            new ToolCall("c", "who", "{}"));
  }
}
