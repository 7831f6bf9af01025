package voiceagent.brain.groq;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import voiceagent.brain.llm.ToolCall;

/// The calls of tools in one answer, put together from the pieces in which they come. One thread.
final class CallPieces {
  private final Map<Integer, Call> calls = new TreeMap<>();

  private static final class Call {
    String id = "";
    String name = "";
    final StringBuilder arguments = new StringBuilder();
  }

  void add(List<GroqMessage.CallPiece> pieces) {
    for (GroqMessage.CallPiece piece : pieces) {
      Call call = calls.computeIfAbsent(piece.index(), _ -> new Call());
      call.id = piece.id().isEmpty() ? call.id : piece.id();
      call.name = piece.name().isEmpty() ? call.name : piece.name();
      call.arguments.append(piece.arguments());
    }
  }

  boolean isEmpty() {
    return calls.isEmpty();
  }

  /// In the order of their numbers; without parameters the arguments may be missing.
  List<ToolCall> whole() {
    return calls.values().stream()
        .map(c -> new ToolCall(c.id, c.name, c.arguments.isEmpty() ? "{}" : c.arguments.toString()))
        .toList();
  }
}
