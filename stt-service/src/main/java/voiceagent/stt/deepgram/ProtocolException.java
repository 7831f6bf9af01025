package voiceagent.stt.deepgram;

/// A message of the provider's that cannot be read; says which field, and what was expected.
final class ProtocolException extends Exception {
  ProtocolException(String message) {
    super(message);
  }
}
