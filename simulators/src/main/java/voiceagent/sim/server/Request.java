package voiceagent.sim.server;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// An HTTP request as it came. A class, not a record: it holds an array.
public final class Request {
  private final String method;
  private final String target;
  private final String path;
  private final Map<String, List<String>> query;
  private final Map<String, String> headers;
  private final byte[] body;

  Request(
      String method,
      String target,
      String path,
      Map<String, List<String>> query,
      Map<String, String> headers,
      byte[] body) {
    this.method = method;
    this.target = target;
    this.path = path;
    this.query = query;
    this.headers = headers;
    this.body = body;
  }

  public String method() {
    return method;
  }

  /// Path and query string as they came.
  public String target() {
    return target;
  }

  /// Without the query string, decoded.
  public String path() {
    return path;
  }

  /// Decoded values of each query parameter, in the order given.
  public Map<String, List<String>> query() {
    return query;
  }

  /// The first value of a query parameter.
  public Optional<String> query(String name) {
    return Optional.ofNullable(query.get(name)).map(List::getFirst);
  }

  /// A header; the name in lower case.
  public Optional<String> header(String name) {
    return Optional.ofNullable(headers.get(name));
  }

  /// Whether the client asks for a WebSocket.
  public boolean isUpgrade() {
    return header("upgrade").filter("websocket"::equalsIgnoreCase).isPresent();
  }

  /// The body as UTF-8.
  public String text() {
    return new String(body, StandardCharsets.UTF_8);
  }
}
