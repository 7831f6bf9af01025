package voiceagent.gateway.call;

/// How a call's stream ended, and what that means for the call.
///
/// Not a record: it holds an array.
final class CallOutcome {
  private enum Kind {
    /// The stream is gone and nobody asked for it: the call goes on.
    LOST,
    /// Twilio stopped the stream, because the call is over or moved on.
    STOPPED,
    HANG_UP,
    TRANSFER
  }

  private final Kind kind;
  private final String destination;
  private final byte[] checkpoint;

  private CallOutcome(Kind kind, String destination, byte[] checkpoint) {
    this.kind = kind;
    this.destination = destination;
    this.checkpoint = checkpoint;
  }

  static CallOutcome lost() {
    return new CallOutcome(Kind.LOST, "", new byte[0]);
  }

  static CallOutcome hangUp() {
    return new CallOutcome(Kind.HANG_UP, "", new byte[0]);
  }

  static CallOutcome transfer(String destination) {
    return new CallOutcome(Kind.TRANSFER, destination, new byte[0]);
  }

  /// Twilio says stop; what we had decided before stands.
  CallOutcome stopped() {
    return kind == Kind.LOST ? new CallOutcome(Kind.STOPPED, "", checkpoint) : this;
  }

  /// @param state the conversation so far, for a stream that resumes it
  CallOutcome withCheckpoint(byte[] state) {
    return new CallOutcome(kind, destination, state);
  }

  byte[] checkpoint() {
    return checkpoint;
  }

  /// What Twilio shall do now.
  AfterStream after(CallInfo call) {
    return switch (kind) {
      case LOST -> new AfterStream.Reconnect(call);
      case STOPPED, HANG_UP -> new AfterStream.HangUp();
      case TRANSFER -> new AfterStream.Transfer(destination);
    };
  }
}
