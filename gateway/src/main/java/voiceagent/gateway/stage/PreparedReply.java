package voiceagent.gateway.stage;

import java.util.ArrayList;
import java.util.List;
import voiceagent.v1.ConverseResponse;

/// What the brain answers to a turn that is probably over: kept until the reply is asked for, or
/// thrown away. One at a time. On the call's thread.
final class PreparedReply {
  /// More than any answer has; what is more is dropped.
  private static final int MOST = 1000;

  /// So many replies of a call may be thrown away; then none is prepared any more.
  private static final int MOST_DISCARDED = 20;

  private final List<ConverseResponse> kept = new ArrayList<>();
  private long reply;
  private int discarded;

  /// Whether one may be prepared, which costs tokens whether or not it is used.
  boolean isWorthIt() {
    return discarded < MOST_DISCARDED;
  }

  void begin(long number) {
    reply = number;
  }

  /// 0 if there is none.
  long reply() {
    return reply;
  }

  /// @return false if it is of no prepared reply, and to be taken at once
  boolean keep(ConverseResponse response) {
    if (reply == 0 || replyOf(response) != reply) {
      return false;
    }
    if (kept.size() < MOST) {
      kept.add(response);
    }
    return true;
  }

  /// It is asked for.
  ///
  /// @return what came of it so far
  List<ConverseResponse> take() {
    List<ConverseResponse> taken = List.copyOf(kept);
    forget();
    return taken;
  }

  /// It is of no use.
  void discard() {
    discarded++;
    forget();
  }

  /// The replica that made it is gone.
  void forget() {
    reply = 0;
    kept.clear();
  }

  private static long replyOf(ConverseResponse response) {
    return switch (response.getMessageCase()) {
      case CLAUSE -> response.getClause().getReply();
      case CLIP -> response.getClip().getReply();
      case ACTION -> response.getAction().getReply();
      case DONE -> response.getDone().getReply();
      case FAILED -> response.getFailed().getReply();
      case OPENED, DRAINING, CHECKPOINT, EXTRACTION, MESSAGE_NOT_SET -> 0;
    };
  }
}
