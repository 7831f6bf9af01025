package voiceagent.sim.deepgram;

import java.util.Locale;
import voiceagent.sim.server.Request;

/// The key that a client shows: `Authorization: Token KEY` or `Bearer KEY`, or where headers are
/// impossible the subprotocols `token, KEY` or `bearer, KEY`.
final class Credentials {
  private Credentials() {}

  /// @return empty if there is none
  static String of(Request request) {
    String header = request.header("authorization").orElse("").strip();
    if (header.isEmpty()) {
      String offered = request.header("sec-websocket-protocol").orElse("");
      int comma = offered.indexOf(',');
      return comma > 0 && known(offered.substring(0, comma))
          ? offered.substring(comma + 1).strip()
          : "";
    }
    int space = header.indexOf(' ');
    return space > 0 && known(header.substring(0, space))
        ? header.substring(space + 1).strip()
        : "";
  }

  /// The subprotocol to accept; empty if the client offers none.
  static String subprotocol(Request request) {
    String offered = request.header("sec-websocket-protocol").orElse("");
    return offered.isEmpty() ? "" : offered.substring(0, (offered + ",").indexOf(',')).strip();
  }

  private static boolean known(String scheme) {
    String lower = scheme.strip().toLowerCase(Locale.ROOT);
    return lower.equals("token") || lower.equals("bearer");
  }
}
