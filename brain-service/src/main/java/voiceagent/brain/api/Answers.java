package voiceagent.brain.api;

import com.google.protobuf.ByteString;
import java.time.Duration;
import voiceagent.brain.llm.ModelFailure;
import voiceagent.kit.grpc.Replica;
import voiceagent.v1.Checkpoint;
import voiceagent.v1.Clause;
import voiceagent.v1.ClauseKind;
import voiceagent.v1.ConverseResponse;
import voiceagent.v1.Draining;
import voiceagent.v1.Failed;
import voiceagent.v1.FailureClass;
import voiceagent.v1.Opened;
import voiceagent.v1.ReplyDone;
import voiceagent.v1.Usage;

/// Our words to the contract's messages.
final class Answers {
  private static final int CONTRACT_VERSION = 1;

  private Answers() {}

  static ConverseResponse opened() {
    return ConverseResponse.newBuilder()
        .setOpened(
            Opened.newBuilder().setContractVersion(CONTRACT_VERSION).setReplica(Replica.name()))
        .build();
  }

  static ConverseResponse draining(Duration grace) {
    return ConverseResponse.newBuilder()
        .setDraining(Draining.newBuilder().setDeadlineMs(grace.toMillis()))
        .build();
  }

  static ConverseResponse clause(long reply, int index, String text, boolean last) {
    return ConverseResponse.newBuilder()
        .setClause(
            Clause.newBuilder()
                .setReply(reply)
                .setClause(index)
                .setText(text)
                .setLast(last)
                .setKind(ClauseKind.CLAUSE_KIND_ANSWER))
        .build();
  }

  static ConverseResponse checkpoint(byte[] state) {
    return ConverseResponse.newBuilder()
        .setCheckpoint(Checkpoint.newBuilder().setState(ByteString.copyFrom(state)))
        .build();
  }

  static ConverseResponse done(ReplyReport report) {
    return ConverseResponse.newBuilder()
        .setDone(
            ReplyDone.newBuilder()
                .setReply(report.reply())
                .setRoute("llm")
                .setModel(report.model())
                .setUsage(
                    Usage.newBuilder()
                        .setPromptTokens(report.usage().prompt())
                        .setCompletionTokens(report.usage().completion())
                        .setCachedTokens(report.usage().cached())
                        .setWastedTokens(report.wastedTokens()))
                .setFirstTokenMicros(report.firstTokenNanos() / 1000)
                .setStageMicros(report.stageNanos() / 1000)
                .setProviderRequestId(report.requestId()))
        .build();
  }

  /// A refused key concerns the whole stream, and no other replica would fare better; anything else
  /// concerns one reply.
  static ConverseResponse failed(String provider, long reply, ModelFailure failure) {
    boolean unauthorized = failure.kind() == ModelFailure.Kind.UNAUTHORIZED;
    boolean permanent =
        switch (failure.kind()) {
          case UNAUTHORIZED, GONE, REJECTED -> true;
          case TOO_LONG, LIMITED, OVERLOADED, TIMEOUT, BROKEN, UNREACHABLE -> false;
        };
    return ConverseResponse.newBuilder()
        .setFailed(
            Failed.newBuilder()
                .setFailureClass(
                    permanent
                        ? FailureClass.FAILURE_CLASS_PERMANENT
                        : FailureClass.FAILURE_CLASS_TRANSIENT)
                .setProvider(provider)
                .setDetail(failure.kind().word() + ": " + failure.detail())
                .setRetryAfterMs(failure.retryAfter().toMillis())
                .setProviderRequestId(failure.requestId())
                .setReply(unauthorized ? 0 : reply))
        .build();
  }

  /// The stage itself is at fault.
  static ConverseResponse failed(long reply, String detail) {
    return ConverseResponse.newBuilder()
        .setFailed(
            Failed.newBuilder()
                .setFailureClass(FailureClass.FAILURE_CLASS_TRANSIENT)
                .setProvider("stage")
                .setDetail(detail)
                .setReply(reply))
        .build();
  }
}
