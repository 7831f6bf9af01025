package voiceagent.brain.route;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import voiceagent.kit.agent.RouteSpec;

/// Finds the route whose examples an utterance is like: by the mean likeness to the nearest
/// [#NEAREST] of them. It must reach the route's threshold, and lead over every other route and
/// over common talk that no route is about; else the language model answers. Any thread.
final class SemanticRouter {
  /// What makes a decision.
  ///
  /// @param route of the nearest
  /// @param likeness to it, -1 to 1
  /// @param lead over the second nearest
  /// @param words of the utterance
  record Likeness(RouteSpec route, double likeness, double lead, int words) {
    boolean isEnough() {
      double more = words < FEW_WORDS ? FEW_WORDS_MORE : 0;
      return likeness >= route.threshold() + more && lead >= route.lead();
    }
  }

  /// Of a longer text only the beginning would count, and it asks for more than one thing.
  private static final int MAX_WORDS = 20;

  /// Fewer say little: they must be liker.
  private static final int FEW_WORDS = 3;

  private static final double FEW_WORDS_MORE = 0.1;
  private static final int NEAREST = 3;
  private static final Pattern FILLER =
      Pattern.compile(
          "\\b(?:um+|uh+|erm?|well|so|okay|ok|hi|hello|hey|sorry|excuse me)\\b[,.]?\\s*");

  private record Known(RouteSpec route, List<float[]> examples) {}

  private final Embeddings embeddings;
  private final List<Known> routes = new ArrayList<>();
  private final List<float[]> otherTalk;

  /// @param otherTalk sentences of calls that are about none of the routes
  SemanticRouter(Embeddings embeddings, List<RouteSpec> routes, List<String> otherTalk) {
    this.embeddings = embeddings;
    for (RouteSpec route : routes) {
      this.routes.add(new Known(route, embedded(route.examples())));
    }
    this.otherTalk = embedded(otherTalk);
  }

  /// The route that answers an utterance; empty: none, the language model does.
  Optional<RouteSpec> route(String utterance) {
    return nearest(utterance).filter(Likeness::isEnough).map(Likeness::route);
  }

  Optional<Likeness> nearest(String utterance) {
    String text = plain(utterance);
    if (text.isEmpty() || text.split(" ", -1).length > MAX_WORDS || routes.isEmpty()) {
      return Optional.empty();
    }
    float[] asked = embeddings.of(text);
    double second = likeness(asked, otherTalk);
    double first = Double.NEGATIVE_INFINITY;
    RouteSpec best = routes.getFirst().route();
    for (Known known : routes) {
      double likeness = likeness(asked, known.examples());
      if (likeness > first) {
        second = Math.max(second, first);
        first = likeness;
        best = known.route();
      } else {
        second = Math.max(second, likeness);
      }
    }
    return Optional.of(new Likeness(best, first, first - second, text.split(" ", -1).length));
  }

  private List<float[]> embedded(List<String> sentences) {
    return sentences.stream().map(s -> embeddings.of(plain(s))).toList();
  }

  /// Without the words that people begin with.
  private static String plain(String text) {
    String lower = text.toLowerCase(Locale.ROOT).strip();
    String bare = FILLER.matcher(lower).replaceAll("").strip();
    return bare.isEmpty() ? lower : bare;
  }

  private static double likeness(float[] asked, List<float[]> examples) {
    double[] likest = examples.stream().mapToDouble(e -> cosine(asked, e)).sorted().toArray();
    int count = Math.min(NEAREST, likest.length);
    double sum = 0;
    for (int i = likest.length - count; i < likest.length; i++) {
      sum += likest[i];
    }
    return count == 0 ? Double.NEGATIVE_INFINITY : sum / count;
  }

  /// Vectors are of length 1.
  private static double cosine(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }
}
