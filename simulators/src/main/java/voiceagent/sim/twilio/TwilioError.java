package voiceagent.sim.twilio;

import java.util.concurrent.CompletionException;
import voiceagent.kit.socket.ProviderException;

/// A line of Twilio's debugger: what was wrong with what we got.
///
/// @param code of Twilio's error dictionary, such as 31951
/// @param detail what, which value, what was expected
public record TwilioError(int code, String detail) {
  static final int FETCH_FAILED = 11200;
  static final int CONNECTION_FAILED = 11205;
  static final int PARSE_FAILED = 12100;
  static final int NOT_TWIML = 12200;
  static final int WRONG_CONTENT_TYPE = 12300;
  static final int STREAM_TIMED_OUT = 31901;
  static final int STREAM_CONNECTION_REFUSED = 31902;
  static final int STREAM_TLS = 31910;
  static final int STREAM_HANDSHAKE = 31920;
  static final int STREAM_SCHEME = 31922;
  static final int STREAM_URL = 31923;
  static final int STREAM_TRACK = 31941;
  static final int MALFORMED_MESSAGE = 31950;
  static final int INVALID_MESSAGE = 31951;

  /// Why a stream's handshake failed.
  static TwilioError ofHandshake(Throwable error) {
    Throwable cause =
        error instanceof CompletionException e && e.getCause() != null ? e.getCause() : error;
    String why = String.valueOf(cause.getMessage());
    int code;
    if (cause instanceof ProviderException refusal && refusal.status() > 0) {
      code = STREAM_HANDSHAKE;
    } else if (why.contains("refused")) {
      code = STREAM_CONNECTION_REFUSED;
    } else if (why.contains("SSL") || why.contains("TLS")) {
      code = STREAM_TLS;
    } else {
      code = STREAM_TIMED_OUT;
    }
    return new TwilioError(code, "the stream's handshake: " + why);
  }
}
