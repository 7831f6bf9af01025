package voiceagent.sim.demo;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Asks a gateway whether it is ready, and for its figures. Blocks, with a deadline for each
/// request.
final class GatewayStatus {
  private static final Duration REQUEST = Duration.ofSeconds(2);
  private static final Duration ASK_AGAIN = Duration.ofMillis(200);

  private final URI gateway;

  /// @param gateway such as `http://127.0.0.1:7860`
  GatewayStatus(URI gateway) {
    this.gateway = gateway;
  }

  /// Waits until `/health/ready` says yes.
  ///
  /// @return what it answered last, if it is not ready in time
  Optional<String> awaitReady(Duration deadline) throws InterruptedException {
    long end = System.nanoTime() + deadline.toNanos();
    try (HttpClient client = client()) {
      String last = "no answer";
      while (System.nanoTime() < end) {
        try {
          int status = get(client, "/health/ready").statusCode();
          if (status / 100 == 2) {
            return Optional.empty();
          }
          last = "status " + status;
        } catch (IOException e) {
          last = "no answer";
        }
        Thread.sleep(ASK_AGAIN);
      }
      return Optional.of(last);
    }
  }

  /// How late the pacer came to its slots, in a sentence; empty if the gateway does not tell.
  Optional<String> pacerLateness() throws InterruptedException {
    try (HttpClient client = client()) {
      return lateness(get(client, "/metrics").body());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /// @param metrics in Prometheus's text format
  static Optional<String> lateness(String metrics) {
    String name = "voiceagent_pacer_lateness_seconds";
    OptionalDouble count = value(metrics, name + "_count");
    OptionalDouble most = value(metrics, name + "_max");
    if (count.isEmpty() || count.getAsDouble() == 0) {
      return Optional.empty();
    }
    Matcher buckets =
        Pattern.compile(name + "_bucket\\{[^}]*le=\"([0-9.eE+-]+)\"[^}]*}\\s+([0-9.eE+-]+)")
            .matcher(metrics);
    Optional<String> within = Optional.empty();
    while (within.isEmpty() && buckets.find()) {
      if (Double.parseDouble(buckets.group(2)) >= 0.99 * count.getAsDouble()) {
        within = Optional.of("99 % within " + millis(Double.parseDouble(buckets.group(1))));
      }
    }
    return within.map(
        w -> most.isPresent() ? w + ", longest of late " + millis(most.getAsDouble()) : w);
  }

  private static OptionalDouble value(String metrics, String name) {
    Matcher line =
        Pattern.compile("(?m)^" + name + "(?:\\{[^}]*})?\\s+([0-9.eE+-]+)").matcher(metrics);
    return line.find()
        ? OptionalDouble.of(Double.parseDouble(line.group(1)))
        : OptionalDouble.empty();
  }

  private static String millis(double seconds) {
    return "%.1f ms".formatted(seconds * 1000);
  }

  private HttpResponse<String> get(HttpClient client, String path)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(gateway.resolve(path))
            .timeout(REQUEST)
            .header("Accept", "text/plain")
            .build();
    return client.send(request, HttpResponse.BodyHandlers.ofString());
  }

  private static HttpClient client() {
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .connectTimeout(REQUEST)
        .build();
  }
}
