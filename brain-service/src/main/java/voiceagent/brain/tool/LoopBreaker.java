package voiceagent.brain.tool;

import java.util.HashMap;
import java.util.Map;
import voiceagent.brain.llm.ToolCall;

/// Notices a model that calls the same tool over and over in one reply (L25). One thread.
public final class LoopBreaker {
  /// The same tool with the same arguments, so often in a reply, is a loop.
  private static final int MAX_SAME = 2;

  /// So many calls in a reply are one, whatever they are.
  private static final int MAX_CALLS = 8;

  private final Map<String, Integer> seen = new HashMap<>();
  private int calls;

  /// @return false if this call goes round in circles
  public boolean allows(ToolCall call) {
    int same = seen.merge(call.name() + " " + call.arguments().strip(), 1, Integer::sum);
    return ++calls <= MAX_CALLS && same <= MAX_SAME;
  }
}
