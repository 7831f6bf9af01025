package voiceagent.sim.twilio;

import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/// Twilio's requests to the customer: signed, with a deadline. Any thread; nothing blocks.
final class Webhooks implements AutoCloseable {
  private static final Duration CONNECT = Duration.ofSeconds(10);
  private static final int MAX_REDIRECTS = 5;

  /// What came of a request for TwiML.
  sealed interface Reply {
    record Document(String text) implements Reply {}

    record Failed(TwilioError error) implements Reply {}
  }

  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(CONNECT)
          .followRedirects(HttpClient.Redirect.NEVER)
          .build();
  private volatile Duration deadline = Duration.ofSeconds(15);

  void deadline(Duration time) {
    deadline = time;
  }

  /// Asks for TwiML; never completes exceptionally.
  ///
  /// @param url the public one, which is signed
  CompletableFuture<Reply> ask(Hosts hosts, String method, URI url, Map<String, String> form) {
    return send(hosts, method, url, form, 0)
        .orTimeout(deadline.toMillis(), TimeUnit.MILLISECONDS)
        .handle((response, error) ->
            error == null
                ? reply(url, response)
                : new Reply.Failed(failure(url, unwrapped(error))));
  }

  /// Tells a callback, whose answer does not matter.
  void tell(Hosts hosts, URI url, Map<String, String> form) {
    var _ =
        send(hosts, "POST", url, form, 0)
            .orTimeout(deadline.toMillis(), TimeUnit.MILLISECONDS)
            .exceptionally(_ -> null);
  }

  private CompletableFuture<HttpResponse<String>> send(
      Hosts hosts, String method, URI url, Map<String, String> form, int redirects) {
    boolean get = method.equals("GET");
    URI asked = get && !form.isEmpty() ? withQuery(url, encoded(form)) : url;
    Map<String, String> signed = get ? Map.of() : form;
    HttpRequest request =
        HttpRequest.newBuilder(hosts.local(asked))
            .timeout(deadline)
            .header("User-Agent", "TwilioProxy/1.1")
            .header("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8")
            .header(
                TwilioSignature.HEADER,
                TwilioSignature.of(
                    TwilioSimulator.AUTH_TOKEN, TwilioSignature.signedUrl(asked), signed))
            .method(
                method,
                get
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(encoded(form)))
            .build();
    return client
        .sendAsync(request, HttpResponse.BodyHandlers.ofString())
        .thenCompose(response -> {
          Optional<String> location = response.headers().firstValue("location");
          boolean moved = response.statusCode() == 301 || response.statusCode() == 302;
          return moved && location.isPresent() && redirects < MAX_REDIRECTS
              ? send(hosts, "GET", asked.resolve(location.get()), Map.of(), redirects + 1)
              : CompletableFuture.completedFuture(response);
        });
  }

  private static Reply reply(URI url, HttpResponse<String> response) {
    if (response.statusCode() >= 300) {
      return new Reply.Failed(
          new TwilioError(
              TwilioError.FETCH_FAILED,
              url.getPath() + " answered " + response.statusCode() + ", expected 200"));
    }
    String type = response.headers().firstValue("content-type").orElse("none");
    if (!type.startsWith("text/xml") && !type.startsWith("application/xml")) {
      return new Reply.Failed(
          new TwilioError(
              TwilioError.WRONG_CONTENT_TYPE,
              url.getPath() + " has content type " + type + ", expected text/xml"));
    }
    return new Reply.Document(response.body());
  }

  private TwilioError failure(URI url, Throwable error) {
    return switch (error) {
      case HttpConnectTimeoutException _ -> connection(url, "no connection in " + CONNECT);
      case ConnectException e -> connection(url, String.valueOf(e.getMessage()));
      case TimeoutException _ -> late(url);
      case HttpTimeoutException _ -> late(url);
      default -> new TwilioError(TwilioError.FETCH_FAILED, url.getPath() + " failed: " + error);
    };
  }

  private static TwilioError connection(URI url, String why) {
    return new TwilioError(
        TwilioError.CONNECTION_FAILED, url.getPath() + " cannot be reached: " + why);
  }

  private TwilioError late(URI url) {
    return new TwilioError(
        TwilioError.FETCH_FAILED,
        url.getPath() + " has not answered in " + deadline.toMillis() + " ms");
  }

  private static Throwable unwrapped(Throwable error) {
    return error instanceof CompletionException e && e.getCause() != null ? e.getCause() : error;
  }

  private static URI withQuery(URI url, String query) {
    return URI.create(url + (url.getRawQuery() == null ? "?" : "&") + query);
  }

  private static String encoded(Map<String, String> form) {
    return form.entrySet().stream()
        .map(e -> encoded(e.getKey()) + "=" + encoded(e.getValue()))
        .collect(Collectors.joining("&"));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
