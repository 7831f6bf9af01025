package voiceagent.brain.route;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import voiceagent.kit.agent.Agents;
import voiceagent.kit.agent.RouteSpec;
import voiceagent.kit.observe.Meters;

/// The routes of all agents. Those of an agent are made ready once, in the background, when its
/// first call begins; until then its utterances go to the language model. Any thread.
public final class Routes {
  /// Full: the routes used first are forgotten, and made ready again if needed.
  private static final int MAX_AGENTS = 200;

  private static final List<String> OTHER_TALK = otherTalk();

  private final MiniLm model;
  private final boolean enabled;
  private final Map<List<RouteSpec>, CompletableFuture<SemanticRouter>> ready =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(
            Map.Entry<List<RouteSpec>, CompletableFuture<SemanticRouter>> eldest) {
          return size() > MAX_AGENTS;
        }
      };
  private final io.helidon.metrics.api.Timer decision =
      Meters.timer("voiceagent_route_decision_seconds", "Whether a route answers an utterance.");

  /// @param enabled `ROUTER_ENABLED`
  public Routes(boolean enabled) {
    this.enabled = enabled;
    model = new MiniLm();
    if (enabled) {
      var _ = model.load();
    }
  }

  /// The routes of a call.
  ///
  /// @param variables values for `{{name}}` in the answers
  public CallRouter of(List<RouteSpec> routes, Map<String, String> variables) {
    if (!enabled || routes.isEmpty()) {
      return CallRouter.NONE;
    }
    var _ = router(routes);
    return new CallRouter() {
      @Override
      public Optional<RoutedAnswer> answer(String text) {
        return Routes.this.answer(routes, variables, text);
      }

      @Override
      public boolean isReady() {
        return router(routes).filter(CompletableFuture::isDone).isPresent();
      }
    };
  }

  private Optional<RoutedAnswer> answer(
      List<RouteSpec> routes, Map<String, String> variables, String text) {
    if (text.isBlank()) {
      return Optional.empty();
    }
    SemanticRouter router =
        router(routes).filter(CompletableFuture::isDone).map(f -> f.getNow(null)).orElse(null);
    if (router == null) {
      count("not-ready");
      return Optional.empty();
    }
    long begun = System.nanoTime();
    Optional<RouteSpec> route = router.route(text);
    decision.record(Duration.ofNanos(System.nanoTime() - begun));
    count(route.map(RouteSpec::name).orElse("declined"));
    return route.map(r -> new RoutedAnswer(r.name(), Agents.filled(r.answer(), variables)));
  }

  private synchronized Optional<CompletableFuture<SemanticRouter>> router(List<RouteSpec> routes) {
    return model
        .model()
        .map(m ->
            ready.computeIfAbsent(
                routes,
                r -> {
                  CompletableFuture<SemanticRouter> made = new CompletableFuture<>();
                  var _ =
                      Thread.ofVirtual()
                          .name("routes")
                          .start(() -> made.complete(new SemanticRouter(m, r, OTHER_TALK)));
                  return made;
                }));
  }

  private static void count(String route) {
    Meters.counter(
            "voiceagent_route_decisions_total",
            "Utterances by the route that answered them.",
            "route",
            route)
        .increment();
  }

  static List<String> otherTalk() {
    try (InputStream in = Routes.class.getResourceAsStream("other-talk.txt")) {
      if (in == null) {
        throw new IOException("no other-talk.txt beside " + Routes.class.getName());
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(l -> !l.isBlank() && !l.startsWith("#"))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
