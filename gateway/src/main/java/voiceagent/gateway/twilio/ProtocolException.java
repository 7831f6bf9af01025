package voiceagent.gateway.twilio;

/// A message of Twilio's that is not what the protocol says. The text names the field, never a
/// value that a caller gave.
final class ProtocolException extends Exception {
  ProtocolException(String message) {
    super(message);
  }
}
