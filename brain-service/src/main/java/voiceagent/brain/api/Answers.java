package voiceagent.brain.api;

import com.google.protobuf.ByteString;
import java.time.Duration;
import voiceagent.brain.llm.ModelFailure;
import voiceagent.brain.route.RoutedAnswer;
import voiceagent.brain.tool.CallAction;
import voiceagent.kit.grpc.Replica;
import voiceagent.v1.Action;
import voiceagent.v1.Checkpoint;
import voiceagent.v1.Clause;
import voiceagent.v1.ClauseKind;
import voiceagent.v1.Clip;
import voiceagent.v1.CollectDtmf;
import voiceagent.v1.ConverseResponse;
import voiceagent.v1.Draining;
import voiceagent.v1.Extraction;
import voiceagent.v1.Failed;
import voiceagent.v1.FailureClass;
import voiceagent.v1.HangUp;
import voiceagent.v1.Opened;
import voiceagent.v1.ReplyDone;
import voiceagent.v1.SendDtmf;
import voiceagent.v1.Transfer;
import voiceagent.v1.Usage;

/// Our words to the contract's messages.
final class Answers {
  private static final int CONTRACT_VERSION = 1;

  private Answers() {}

  static ConverseResponse opened(boolean routes) {
    Opened.Builder opened =
        Opened.newBuilder()
            .setContractVersion(CONTRACT_VERSION)
            .setReplica(Replica.name())
            .addCapabilities("tools")
            .addCapabilities("extraction");
    if (routes) {
      opened.addCapabilities("routes");
    }
    return ConverseResponse.newBuilder().setOpened(opened).build();
  }

  static ConverseResponse draining(Duration grace) {
    return ConverseResponse.newBuilder()
        .setDraining(Draining.newBuilder().setDeadlineMs(grace.toMillis()))
        .build();
  }

  static ConverseResponse clause(long reply, int index, String text, boolean last, boolean filler) {
    return ConverseResponse.newBuilder()
        .setClause(
            Clause.newBuilder()
                .setReply(reply)
                .setClause(index)
                .setText(text)
                .setLast(last)
                .setKind(filler ? ClauseKind.CLAUSE_KIND_FILLER : ClauseKind.CLAUSE_KIND_ANSWER))
        .build();
  }

  /// @param held messages of the gateway's that it holds
  static ConverseResponse checkpoint(byte[] state, long held) {
    return ConverseResponse.newBuilder()
        .setCheckpoint(Checkpoint.newBuilder().setState(ByteString.copyFrom(state)).setHeld(held))
        .build();
  }

  static ConverseResponse clip(long reply, RoutedAnswer answer) {
    return ConverseResponse.newBuilder()
        .setClip(Clip.newBuilder().setReply(reply).setId(answer.route()).setText(answer.text()))
        .build();
  }

  /// A route's answer is complete.
  static ConverseResponse routed(long reply, RoutedAnswer answer, long stageNanos, long wasted) {
    return ConverseResponse.newBuilder()
        .setDone(
            ReplyDone.newBuilder()
                .setReply(reply)
                .setRoute(answer.route())
                .setUsage(Usage.newBuilder().setWastedTokens(wasted))
                .setStageMicros(stageNanos / 1000))
        .build();
  }

  static ConverseResponse action(long reply, String id, CallAction what) {
    Action.Builder action = Action.newBuilder().setReply(reply).setId(id);
    switch (what) {
      case CallAction.HangUp(String reason) ->
          action.setHangUp(HangUp.newBuilder().setReason(reason));
      case CallAction.Transfer(String destination) ->
          action.setTransfer(Transfer.newBuilder().setDestination(destination));
      case CallAction.SendDigits(String digits) ->
          action.setSendDtmf(SendDtmf.newBuilder().setDigits(digits));
      case CallAction.CollectDigits(int most, Duration timeout, String terminator) ->
          action.setCollectDtmf(
              CollectDtmf.newBuilder()
                  .setMaxDigits(most)
                  .setTimeoutMs(timeout.toMillis())
                  .setTerminator(terminator));
    }
    return ConverseResponse.newBuilder().setAction(action).build();
  }

  static ConverseResponse extraction(String name, String json) {
    return ConverseResponse.newBuilder()
        .setExtraction(Extraction.newBuilder().setSchema(name).setJson(json))
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
          case TOO_LONG, LIMITED, OVERLOADED, TIMEOUT, TOOL_FAILED, BROKEN, UNREACHABLE -> false;
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
