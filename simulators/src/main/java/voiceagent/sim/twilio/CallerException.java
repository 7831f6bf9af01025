package voiceagent.sim.twilio;

/// What a caller waited for did not happen in time, or cannot happen any more. The message says
/// what, how long, and what was the case instead.
public final class CallerException extends RuntimeException {
  public CallerException(String message) {
    super(message);
  }
}
