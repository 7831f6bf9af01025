package voiceagent.brain.conversation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// A conversation as bytes that another replica goes on from: JSON with a version. The gateway does
/// not look into it.
public final class CheckpointCodec {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int VERSION = 1;

  private CheckpointCodec() {}

  public static byte[] encode(Conversation conversation) {
    ObjectNode root = JSON.createObjectNode().put("v", VERSION);
    ArrayNode turns = root.putArray("turns");
    for (Turn turn : conversation.turns()) {
      switch (turn) {
        case Turn.Caller(long number, long reply, String text, boolean speculative) ->
            turns
                .addObject()
                .put("caller", text)
                .put("turn", number)
                .put("reply", reply)
                .put("speculative", speculative);
        case Turn.Agent(long reply, String text, boolean complete) ->
            turns.addObject().put("agent", text).put("reply", reply).put("complete", complete);
        case Turn.Keys(String digits) -> turns.addObject().put("keys", digits);
        case Turn.Called called ->
            turns
                .addObject()
                .put("called", called.name())
                .put("reply", called.reply())
                .put("id", called.id())
                .put("arguments", called.arguments())
                .put("action", called.action())
                .put("result", called.text())
                .put("settled", called.settled());
      }
    }
    return root.toString().getBytes(StandardCharsets.UTF_8);
  }

  /// @throws IOException if the bytes are no checkpoint of a version that is known
  public static Conversation decode(byte[] bytes) throws IOException {
    JsonNode root;
    try {
      root = JSON.readTree(bytes);
    } catch (JsonProcessingException _) {
      throw new IOException("not JSON"); // the parser's message may hold words of the call
    }
    if (root.path("v").asInt() != VERSION || !root.path("turns").isArray()) {
      throw new IOException(
          "version is " + root.path("v").asText("missing") + ", expected " + VERSION);
    }
    List<Turn> turns = new ArrayList<>();
    for (JsonNode turn : root.path("turns")) {
      turns.add(decode(turn));
    }
    return new Conversation(turns);
  }

  private static Turn decode(JsonNode turn) throws IOException {
    long reply = turn.path("reply").asLong();
    if (turn.path("caller").isTextual()) {
      return new Turn.Caller(
          turn.path("turn").asLong(),
          reply,
          turn.path("caller").asText(),
          turn.path("speculative").asBoolean());
    }
    if (turn.path("agent").isTextual()) {
      return new Turn.Agent(reply, turn.path("agent").asText(), turn.path("complete").asBoolean());
    }
    if (turn.path("keys").isTextual()) {
      return new Turn.Keys(turn.path("keys").asText());
    }
    if (turn.path("called").isTextual()) {
      return new Turn.Called(
          reply,
          turn.path("id").asText(),
          turn.path("called").asText(),
          turn.path("arguments").asText(),
          turn.path("action").asBoolean(),
          turn.path("result").asText(),
          turn.path("settled").asBoolean());
    }
    throw new IOException("a turn is neither the caller's nor the agent's");
  }
}
