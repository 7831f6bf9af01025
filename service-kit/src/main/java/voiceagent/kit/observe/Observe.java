package voiceagent.kit.observe;

import io.helidon.config.Config;
import io.helidon.config.ConfigSources;
import io.helidon.health.HealthCheckResponse;
import io.helidon.health.HealthCheckType;
import io.helidon.http.HeaderNames;
import io.helidon.http.HttpException;
import io.helidon.service.registry.Services;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.observe.ObserveFeature;
import io.helidon.webserver.observe.health.HealthObserver;
import io.helidon.webserver.observe.metrics.MetricsObserver;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.function.BooleanSupplier;

/// The faces by which a service is watched: `/health`, `/health/live`, `/health/ready`, `/metrics`.
public final class Observe {
  private static final System.Logger LOG = System.getLogger(Observe.class.getName());

  private Observe() {}

  /// Keeps Helidon from reading configuration that is not ours. First thing in a process.
  public static void isolate() {
    Services.set(
        Config.class,
        Config.builder(
                ConfigSources.create(
                    Map.of(
                        "metrics.rest-request-enabled", "false",
                        "metrics.scoping.scopes.0.name", "vendor",
                        "metrics.scoping.scopes.0.enabled", "false")))
            .disableEnvironmentVariablesSource()
            .disableSystemPropertiesSource()
            .build());
  }

  /// Readiness, liveness and metrics.
  ///
  /// @param ready false before the start is over and once a drain began
  public static ObserveFeature feature(BooleanSupplier ready) {
    return ObserveFeature.builder()
        .observersDiscoverServices(false)
        .addObserver(
            HealthObserver.builder()
                .endpoint("/health")
                .useSystemServices(false)
                .addCheck(
                    () -> HealthCheckResponse.builder().status(ready.getAsBoolean()).build(),
                    HealthCheckType.READINESS,
                    "accepting")
                .build())
        .addObserver(MetricsObserver.builder().endpoint("/metrics").build())
        .build();
  }

  /// `/health` for load balancers, and an answer to errors that tells the caller nothing of ours.
  public static void routes(HttpRouting.Builder http) {
    http.get(
            "/health",
            (_, response) ->
                response
                    .header(HeaderNames.CONTENT_TYPE, "application/json")
                    .send("{\"status\":\"healthy\"}"))
        .error(
            HttpException.class,
            (_, response, error) ->
                response.status(error.status()).send(error.status().reasonPhrase()))
        .error(
            RuntimeException.class,
            (_, response, error) -> {
              LOG.log(System.Logger.Level.ERROR, "a request failed", error);
              response.status(500).send("internal error");
            });
  }

  /// A server of its own for these faces: a stage's admin port.
  public static WebServer adminServer(InetSocketAddress address, BooleanSupplier ready) {
    return WebServer.builder()
        .address(address.getAddress())
        .port(address.getPort())
        .shutdownHook(false)
        .addFeature(feature(ready))
        .routing(Observe::routes)
        .build()
        .start();
  }
}
